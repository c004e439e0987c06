import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of random numbers: the same seed gives the same digits on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Chi-squared with `df` > 0 degrees of freedom. */
  chiSquared(df: number): number;
}

export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(Number.isFinite(seed) ? seed | 0 : 0);
  const uniform = () => uniformFloat64(generator);
  let spare: number | null = null;

  // Box and Muller, both of the pair used.
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  // Marsaglia and Tsang (2000) for the gamma distribution; shapes below 1 by their power of a uniform.
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };

  return { uniform, normal, chiSquared: (df) => 2 * gamma(df / 2) };
}
