/** What models are declared to be of each other (`null_of`, `merge_of`), held against what was found of them. */
import { count, counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Ensemble, EnsembleModel } from '../experiment/ensemble/ensemble.ts';
import type { Problem } from '../problem.ts';
import type { PlanMember } from '../store/ensemble/format.ts';

type Found = Pick<PlanMember, 'family' | 'parameters' | 'tokenizer' | 'evaluations'>;
export type UnlikeModel = Problem & { readonly model: string };

/**
 * Of each model at most one: copies have the architecture, parameters and tokens of their original, merges the
 * architecture of what they were merged from. @param found by model; one that is not there is not judged
 */
export function unlikeModels(
  { models }: Pick<Ensemble, 'models'>,
  found: Readonly<Record<string, Found>>,
): UnlikeModel[] {
  return [...models].flatMap(([name, declared]) => {
    const why = unlikeText(declared, found[name], found);
    if (why === null) return [];
    const [key, code] =
      declared.null_of === null ? ['merge_of', 'merge_unlike_member'] : ['null_of', 'null_unlike_original'];
    const message = `${plain(name)} is declared a ${why}`;
    return [{ code, model: name, message, fix: `Correct \`${key}\` of ${plain(name)}, or leave it out.` }];
  });
}

function unlikeText(
  { null_of, null_kind, merge_of }: EnsembleModel,
  own: Found | undefined,
  found: Readonly<Record<string, Found>>,
): string | null {
  const original = null_of === null ? undefined : found[null_of];
  if (own && original && null_of !== null) {
    const difference =
      otherArchitecture(own, original) ?? otherSize(own, original) ?? otherTokens(own, original);
    return difference && `${null_kind ?? 'reseed'} of ${plain(null_of)} (\`null_of\`), but ${difference}`;
  }
  for (const member of merge_of ?? []) {
    const merged = found[member];
    const difference = own && merged && otherArchitecture(own, merged);
    if (difference) return `merge of ${plain(member)} (\`merge_of\`), but ${difference}`;
  }
  return null;
}

function otherArchitecture({ family }: Found, { family: other }: Found): string | null {
  return family === other ? null : `is of the architecture ${plain(family)}, not ${plain(other)}.`;
}

function otherSize({ parameters }: Found, { parameters: other }: Found): string | null {
  return parameters === other ? null : `has ${counted(parameters, 'parameter')}, not ${count(other)}.`;
}

/** Tokenizers that are written otherwise may yet make the same tokens of these data. */
function otherTokens(own: Found, original: Found): string | null {
  const isSame = Object.entries(own.evaluations).every(([domain, id]) => original.evaluations[domain] === id);
  return own.tokenizer === original.tokenizer || isSame
    ? null
    : 'its tokenizer makes other tokens of the same text.';
}
