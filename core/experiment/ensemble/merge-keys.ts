/** What to do about keys of merging that stand in an ensemble. */
import type { Path } from '../diagnostic.ts';

const FIXES: Readonly<Record<string, string>> = {
  base: 'Name it under `models`, like every other model.',
  experts: 'Name them under `models`.',
  sizes: 'Name the models of every size under `models`.',
  methods: 'Remove it: nothing is merged.',
  embeddings: 'Remove it: every model keeps its own.',
  sweep: 'Remove it: from one score of each model, every subset is known.',
  goals: 'Remove it; what the best pool may hold stands under `pool`.',
  references: 'Name their models under `models`.',
  budget: 'Remove it; what the best pool may hold stands under `pool`.',
  merge: 'Remove it: nothing is merged.',
  'evaluation.downstream': 'Remove it.',
  'evaluation.max_tokens_per_domain':
    'Remove it: each tokenizer counts otherwise. `max_bytes` limits every sample; for fewer samples use a shorter file.',
};

/** Null where it is no key of merging. */
export function fixOfMergeKey(path: Path): string | null {
  const name = path.join('.');
  return Object.hasOwn(FIXES, name) ? (FIXES[name] ?? null) : null;
}
