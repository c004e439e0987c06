/** What lengths and directions of task vectors give away: wrong paths, other lineages, the same work twice. */
import { count, percent, significant } from '../../words/numbers.ts';
import type { ExpertWarning, TaskVectors } from './task-vectors.ts';

/** As in the agent's `compare.py`: fine-tuning moves a model by a few percent, independent trainings differ by about √2. */
const FAR = 0.5;
/** Times as long, or as short, as the median of the pool. */
const UNUSUAL = 10;
const ALIKE = 0.98;

type Measured = Omit<TaskVectors, 'warnings'>;

/**
 * In pool order. The same model under two names is named by its fingerprint already, and not again here.
 * @param rows of the expert's model among the distinct ones, in pool order
 */
export function expertWarnings(
  measured: Measured,
  rows: readonly number[],
  pool: readonly string[],
): ExpertWarning[] {
  return pool.flatMap((_, expert) => {
    const length = lengthWarning(measured, expert);
    const alike = alikeWarning(measured, expert, rows, pool);
    return [length, alike].filter((warning) => warning !== null);
  });
}

/** The gravest thing to say of its norm. */
function lengthWarning(measured: Measured, expert: number): ExpertWarning | null {
  const { norm = null, zeros = 0 } = measured.experts[expert] ?? {};
  if (zeros === 1)
    return {
      code: 'expert_equals_base',
      expert,
      message: `its task vector is zero in all ${count(measured.sampled)} entries ${measured.sampled < measured.coordinates ? 'that were looked at' : 'of it'}.`,
      fix: 'Check that the path leads to the trained model.',
    };
  if (norm === null) return null;
  if (norm > FAR)
    return {
      code: 'expert_far_from_base',
      expert,
      message: `it lies ${percent(norm)} of the base's norm away; a few percent are usual.`,
      fix: 'Check that it was trained from this very base.',
    };
  const median = medianNorm(measured);
  if (median === null || (norm <= UNUSUAL * median && median <= UNUSUAL * norm)) return null;
  const [times, than] = norm > median ? [norm / median, 'longer'] : [median / norm, 'shorter'];
  return {
    code: 'expert_norm_unusual',
    expert,
    message: `its task vector is ${significant(times, 2)} times ${than} than the pool's median: ${significant(norm, 2)} of the base's norm against ${significant(median, 2)}.`,
    fix:
      than === 'longer'
        ? 'In every merge it outweighs the others: check how it was trained, or merge it with a weight.'
        : 'In every merge it hardly counts: check that its training went on to the end.',
  };
}

/** Over experts of this lineage that moved; null with fewer than three. */
function medianNorm({ experts }: Measured): number | null {
  const norms = experts.flatMap(({ norm, zeros }) =>
    norm === null || norm > FAR || zeros === 1 ? [] : [norm],
  );
  if (norms.length < 3) return null;
  norms.sort((a, b) => a - b);
  const middle = norms.length / 2;
  return ((norms[Math.ceil(middle) - 1] ?? 0) + (norms[Math.floor(middle)] ?? 0)) / 2;
}

/** Beside the first expert before it that points the same way. */
function alikeWarning(
  { cosines }: Measured,
  expert: number,
  rows: readonly number[],
  pool: readonly string[],
): ExpertWarning | null {
  const first = (cosines[expert] ?? []).findIndex(
    (cosine, other) => other < expert && rows[other] !== rows[expert] && cosine !== null && cosine > ALIKE,
  );
  if (first < 0) return null;
  const cosine = cosines[expert]?.[first] ?? 1;
  return {
    code: 'experts_alike',
    expert,
    message: `its task vector points where that of ${pool[first]} does (cosine ${cosine.toFixed(3)}): to merge both is to count one twice.`,
    fix: 'Check that both paths lead where they should, or leave one of them out.',
  };
}
