import type { Form, FormFit, LawCurve } from './curve.ts';

const NAME: Readonly<Record<Form, string>> = {
  paper: "the paper's A/(k + b) with b ≥ 0",
  signed: "the paper's A/(k + b) with b of either sign",
  quadratic: 'A/k + C/k²',
  power: 'A·k^−p',
  flat: 'a constant',
};

/**
 * Which form the law uses and why, and how the paper's fares, in a sentence. Forms are compared by how far they missed
 * later k from earlier ones (rolling origin), where there are enough k for that; else by how close they lie. `asked`:
 * the form was asked for.
 */
export function formSentence(curve: Pick<LawCurve, 'form' | 'forms'>, asked = false): string {
  const { form, forms } = curve;
  if (form === null) return 'No form can be fitted: a law needs at least two k.';
  if (form === 'three_point')
    return `The law is the paper's A/(k + b) through three points exactly, which leaves nothing to judge it by.`;
  const used = forms.find((fit) => fit.form === form);
  const paper = forms.find((fit) => fit.form === 'paper');
  return `The law uses ${NAME[form]}${asked ? ', as asked for' : why(used, forms)}${fares(used, paper)}.`;
}

function why(used: FormFit | undefined, forms: readonly FormFit[]): string {
  const backtest = used?.backtest ?? null;
  if (backtest === null) return ', as there are too few k to judge forms by their forecasts';
  const best = forms.reduce<FormFit | null>(
    (least, fit) =>
      fit.backtest !== null && (least === null || least.backtest === null || fit.backtest < least.backtest)
        ? fit
        : least,
    null,
  );
  if (best === null || best.backtest === null || backtest <= best.backtest)
    return `, which forecast later k best: it missed by ${millinats(backtest)}`;
  return `, which missed later k by ${millinats(backtest)} when forecasting them; ${NAME[best.form]} missed by ${millinats(best.backtest)}, but there are too few k for that to decide, or it does not follow the points`;
}

function fares(used: FormFit | undefined, paper: FormFit | undefined): string {
  if (!used || !paper || used.form === 'paper') return '';
  if (used.backtest === null || paper.backtest === null)
    return `; the paper's form with b ≥ 0 lies ${millinats(paper.rmse)} from the points, this one ${millinats(used.rmse)}`;
  const times = used.backtest > 0 ? paper.backtest / used.backtest : Number.POSITIVE_INFINITY;
  const compared =
    times < 0.95
      ? ', less'
      : times <= 1.05
        ? ', as much'
        : times < 100
          ? `, ${Number(times.toPrecision(2))} times as much`
          : '';
  return `; the paper's form with b ≥ 0 missed by ${millinats(paper.backtest)}${compared}`;
}

/** Thousandths of a nat. */
function millinats(value: number): string {
  return `${Number((1000 * value).toPrecision(2))} mnat`;
}
