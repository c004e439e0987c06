/** What the parts of a file come to when something is left out. */
import type { ExperimentFile, MethodEntry } from './schema.ts';

export function poolOf(file: ExperimentFile): readonly string[] {
  return Array.isArray(file.experts) ? file.experts : Object.keys(file.experts);
}

export function domainsOf(file: ExperimentFile): readonly string[] {
  const { data, domains } = file.evaluation;
  return domains ?? (typeof data === 'string' ? poolOf(file) : Object.keys(data));
}

export function methodNameOf(entry: MethodEntry): string {
  return typeof entry === 'string' ? entry : entry.method;
}

/** Each method with nothing said about it. */
export const METHOD_DEFAULTS = {
  average: { method: 'average', compatibility: 'none' },
  task_arithmetic: { method: 'task_arithmetic', scale: 1, normalize: true, compatibility: 'none' },
  ties: { method: 'ties', scale: 1, density: 1, trim_scope: 'tensor', compatibility: 'none' },
  dare: { method: 'dare', drop_rate: 0.2, seeds: [0], compatibility: 'none' },
  dare_ties: { method: 'dare_ties', drop_rate: 0.2, seeds: [0], scale: 1, compatibility: 'none' },
} as const;
