/** Whether two rankings of the same models agree: Spearman's ρ and Kendall's τ_b, with ties. */
/** Pearson's correlation of mid-ranks; null where one side does not vary. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  return pearson(midRanks(x), midRanks(y));
}

/** (concordant − discordant) / √((pairs not tied in x)·(pairs not tied in y)); null where one side does not vary. */
export function kendall(x: readonly number[], y: readonly number[]): number | null {
  let balance = 0;
  let inX = 0;
  let inY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = Math.sign((x[i] as number) - (x[j] as number));
      const b = Math.sign((y[i] as number) - (y[j] as number));
      balance += a * b;
      inX += a * a;
      inY += b * b;
    }
  }
  return inX === 0 || inY === 0 ? null : balance / Math.sqrt(inX * inY);
}

/** Of artanh r over n ranked models: its standard error, and the largest r below a perfect order. */
export type RankError = (r: number, n: number) => { readonly error: number; readonly largest: number };

/** √((1 + ρ²/2)/(n − 3)): Bonett and Wright, Psychometrika 65 (2000). */
export const spearmanError: RankError = (r, n) => ({
  error: Math.sqrt((1 + r ** 2 / 2) / (n - 3)),
  largest: 1 - 12 / (n * (n ** 2 - 1)),
});

/** √(0.437/(n − 4)): Fieller, Hartley and Pearson, Biometrika 44 (1957). */
export const kendallError: RankError = (_, n) => ({
  error: Math.sqrt(0.437 / (n - 4)),
  largest: 1 - 4 / (n * (n - 1)),
});

/** 1 for the lowest; those that are equal share the mean of their ranks. */
export function midRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function pearson(x: readonly number[], y: readonly number[]): number | null {
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [mx, my] = [mean(x), mean(y)];
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const [i, value] of x.entries()) {
    const [a, b] = [value - mx, (y[i] as number) - my];
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  return xx === 0 || yy === 0 ? null : Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
