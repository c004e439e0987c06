import { describe, expect, it } from 'vitest';
import { ensembleData } from '../../core/ensemble/data.ts';
import { UNLIMITED } from '../../core/ensemble/limits.ts';
import { beyondNoise } from '../../core/ensemble/noise-sentence.ts';
import { nullGroups } from '../../core/ensemble/null-groups.ts';
import type { Controls, Verdict } from '../../core/ensemble/types.ts';
import { type Random, seededRandom } from '../../core/law/random.ts';
import { domainsOf, inputOf } from './pools.ts';

const [S, D, POOL, RESEEDS] = [360, 8, 8, 3];

/** Eight models and three reseeds of the first; `shift` says how much worse each is in each domain, in nats a sample. */
function verdictOf(seed: number, shift: (random: Random) => (model: number) => number[]): Verdict {
  const random = seededRandom(seed);
  const shiftOf = shift(random);
  const difficulty = Array.from({ length: S }, () => 60 + 60 * random.uniform());
  const rows = Array.from({ length: POOL + RESEEDS }, (_, m) => {
    const byDomain = shiftOf(m < POOL ? m : 0);
    return difficulty.map((base, s) => base + (byDomain[s % D] as number) + 6 * random.normal());
  });
  const declared = rows.map((_, m) => (m < POOL ? {} : { nullOf: 'm0' }));
  const data = ensembleData(inputOf(rows, declared, domainsOf(S, D)));
  const nulls = nullGroups({ k: 2, limit: UNLIMITED }, data, true);
  return beyondNoise({ nulls } as unknown as Controls);
}

const share = (worlds: number, shift: (random: Random) => (model: number) => number[]) =>
  Array.from({ length: worlds }, (_, i) => verdictOf(i + 1, shift)).filter(
    (verdict) => verdict === 'confirmed',
  ).length / worlds;

const domains = Array.from({ length: D }, (_, d) => d);

describe('where domains move together', () => {
  it('runs of one model are not called more than noise: two blocks', () => {
    const blocks = (random: Random) => () => {
      const block = [12 * random.normal(), 12 * random.normal()];
      return domains.map((d) => block[d % 2] as number);
    };
    expect(share(80, blocks)).toBeLessThanOrEqual(0.05);
  });

  it('runs of one model are not called more than noise: one factor that leaves their level', () => {
    const factor = (random: Random) => () => {
      const value = 12 * random.normal();
      return domains.map((d) => (d % 2 === 0 ? value : -value));
    };
    expect(share(80, factor)).toBeLessThanOrEqual(0.05);
  });

  it('models of two kinds that runs do not differ by are still told from noise', () => {
    const kinds = (random: Random) => (model: number) =>
      domains.map((d) => 1.2 * random.normal() + (d % 2 === model % 2 ? -8 : 8));
    expect(share(20, kinds)).toBeGreaterThan(0.9);
  });
});
