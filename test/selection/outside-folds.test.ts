import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { FOLDS, foldingsOf, foldsIn } from '../../core/selection/folds.ts';
import type { Losses } from '../../core/selection/measured.ts';
import { LANES, OutsideFolds } from '../../core/selection/outside-folds.ts';
import { normalised, samplesOf } from '../../core/selection/samples.ts';

const SAMPLES = samplesOf(
  [130, 25, 40].map((n, d) => ({
    name: `d${d}`,
    tokens: Float64Array.from({ length: n }, (_, s) => 3 + (s % 7)),
  })),
);
const WEIGHTS = normalised([2, 0, 1]);
const FOLDINGS = foldingsOf(SAMPLES, 3);

function models(count: number): Losses[] {
  const random = seededRandom(1);
  return Array.from({ length: count }, (_, i) => {
    const values = Array.from(SAMPLES.tokens, (t) => t * (2 + random.uniform()));
    const nll = i % 2 ? Float32Array.from(values) : Float64Array.from(values);
    return { nll, domains: new Float64Array(SAMPLES.domains.length) };
  });
}

/** Sample by sample. */
function plainly({ nll }: Losses, folding: number, fold: number): number {
  const folds = foldsIn(FOLDINGS, folding);
  return SAMPLES.domains.reduce((total, _, d) => {
    let [loss, tokens] = [0, 0];
    for (let s = SAMPLES.start[d] ?? 0; s < (SAMPLES.start[d + 1] ?? 0); s++) {
      if (folds[s] === fold) continue;
      loss += nll[s] ?? 0;
      tokens += SAMPLES.tokens[s] ?? 0;
    }
    return total + ((WEIGHTS[d] ?? 0) * loss) / tokens;
  }, 0);
}

describe('OutsideFolds', () => {
  const outside = OutsideFolds.of(SAMPLES, WEIGHTS, FOLDINGS);

  it('sums what lies outside each fold of every folding', () => {
    for (const row of models(3)) {
      const losses = outside.of(row);
      expect(losses).toHaveLength(FOLDINGS.folds.length * FOLDS);
      for (const [at, loss] of losses.entries())
        expect(loss).toBeCloseTo(plainly(row, Math.floor(at / FOLDS), at % FOLDS), 11);
    }
  });

  it('says the same of a row whatever lies beside it', () => {
    const rows = models(LANES);
    const together = outside.ofEach(rows).slice();
    for (const [lane, row] of rows.entries())
      expect(together.slice(lane * outside.count, (lane + 1) * outside.count)).toEqual(outside.of(row));
  });
});
