import { parseDocument } from 'yaml';
import { checkParts } from './checks.ts';
import type { Path } from './diagnostic.ts';
import type { Experiment } from './experiment.ts';
import { LARGEST_ALIAS_COUNT, LARGEST_FILE } from './parse.ts';
import { resolveExperiment } from './resolve.ts';
import { checkShape, type Finding } from './shape.ts';
import { valueAt } from './value-at.ts';

/** What is taken away may leave something else wrong; a text that needs more of it is no experiment yet. */
const MOST_ROUNDS = 6;

/**
 * What is left of a text with errors when each of them is taken away: enough to follow the files that it names, never
 * to say what it asks for. Null where too much is wrong, and for ensembles.
 */
export function soundPart(text: string): Experiment | null {
  const input = inputOf(text);
  for (let i = 0; i < MOST_ROUNDS; i++) {
    const { file, findings } = checkShape(input);
    if (file?.kind === 'ensemble') return null;
    const wrong = [...findings, ...(file ? checkParts(file) : [])].filter(isError);
    if (wrong.length === 0) return file && resolveExperiment(file, '');
    // Items of a list from its end, so that those before keep their places.
    const taken = wrong.toReversed().filter(({ path }) => remove(input, path));
    if (taken.length === 0) return null;
  }
  return null;
}

function inputOf(text: string): unknown {
  if (text.length > LARGEST_FILE) return null;
  try {
    const options = { prettyErrors: false, merge: true, stringKeys: true, uniqueKeys: false };
    // What it would warn of is told by the diagnostics.
    return parseDocument(text, { ...options, logLevel: 'silent' }).toJS({
      maxAliasCount: LARGEST_ALIAS_COUNT,
    });
  } catch {
    // It nests too deeply, or its aliases lead nowhere: the diagnostics say so.
    return null;
  }
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

/** Takes a key or an item out, in place; false where there is none. */
function remove(input: unknown, path: Path): boolean {
  const last = path.at(-1);
  const parent = valueAt(input, path.slice(0, -1));
  if (last === undefined || typeof parent !== 'object' || parent === null) return false;
  if (Array.isArray(parent)) return parent.splice(Number(last), 1).length > 0;
  return Object.hasOwn(parent, last) && Reflect.deleteProperty(parent, last);
}
