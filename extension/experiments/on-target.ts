import type { Parsed } from '../../core/experiment/parse.ts';

/** As if the text named another target; null: as it stands. */
export function onTarget(parsed: Parsed, target: string | null): Parsed {
  if (target === null) return parsed;
  const { experiment, ensemble } = parsed;
  return {
    ...parsed,
    experiment: experiment && { ...experiment, target },
    ensemble: ensemble && { ...ensemble, target },
  };
}
