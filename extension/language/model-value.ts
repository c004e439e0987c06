import { parse, stringify } from 'yaml';
import type { Range } from '../../core/experiment/diagnostic.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { modelRange } from '../../core/experiment/model-places.ts';
import type { Parsed } from '../../core/experiment/parse.ts';
import type { EditedExperiment } from './edited-experiment.ts';

/** The folder or hub name of `<size>/base`, `<size>/expert/<name>` or `reference/<name>`; null where there is no such model. */
export function modelSource({ sizes, references }: Experiment, id: string): string | null {
  const [, size, role, name] = /^([^/]*)\/(base|expert)(?:\/(.*))?$/s.exec(id) ?? [];
  const own = sizes.find((each) => each.name === size);
  if (own && role === 'base') return own.base;
  if (own && role === 'expert') return own.experts.get(name ?? '') ?? null;
  const reference = references.find((each) => `reference/${each.name}` === id);
  return reference && 'model' in reference ? reference.model : null;
}

/** The same of a file of either kind, where it has no errors; of an ensemble a model goes by its name. */
export function sourceIn({ experiment, ensemble }: Parsed, id: string): string | null {
  return experiment ? modelSource(experiment, id) : (ensemble?.models.get(id)?.source ?? null);
}

/** Where another source of a model can be written, and how; null where it stands in a pattern or a list of several. */
export function replaceSource(
  edited: EditedExperiment,
  id: string,
  source: string,
): { readonly range: Range; readonly newText: string } | null {
  const range = modelRange(edited, id);
  const written = sourceIn(edited.parsed, id);
  if (written === null || !range || meaning(edited.lines.slice(range)) !== written) return null;
  return { range, newText: stringify(source, { lineWidth: 0 }).trimEnd() };
}

function meaning(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
