/** From what the schema finds wrong to what a person is told. */
import { closest, distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import type { Path } from './diagnostic.ts';
import { fixOfMergeKey } from './ensemble/merge-keys.ts';
import type { EnsembleFile } from './ensemble/schema.ts';
import { fileSchema, isEnsemble, isKind, KINDS } from './file-kind.ts';
import { knownKeys } from './known-keys.ts';
import { type ExperimentFile, LATER_METHODS, METHOD_NAMES } from './schema.ts';
import { valueAt } from './value-at.ts';

/** A diagnostic before its place in the text is known. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly path: Path;
  /** What to underline. */
  readonly on: 'key' | 'value';
  readonly suggestion?: string;
  /** Keys of which the map at `path` has none, and needs one. */
  readonly lacks?: readonly string[];
}

type Issue = z.core.$ZodIssue;
type Shaped = { readonly file: ExperimentFile | EnsembleFile | null; readonly findings: Finding[] };

/**
 * Checks the shape of a file. Where nothing but unknown keys is wrong, the rest is still returned, so that what
 * stands in the other lines is checked too.
 */
export function checkShape(input: unknown): Shaped {
  const reserved = reservedKey(input, []);
  if (reserved) return { file: null, findings: [reserved] };
  const kind = valueAt(input, ['kind']);
  // Of which kind it is decides what its other keys mean.
  if (kind !== undefined && !isKind(kind))
    return { file: null, findings: [wrongChoice(KINDS, kind, ['kind'])] };
  const schema = fileSchema(input);
  const result = schema.safeParse(input, { reportInput: false });
  if (result.success) return { file: result.data, findings: [] };
  const issues = result.error.issues.flatMap((issue) => specific(issue, []));
  const all = issues.flatMap((issue) => findingsOf(issue, input));
  const findings = all.filter((finding) => !isMisspelt(finding, all));
  if (issues.some((issue) => issue.code !== 'unrecognized_keys')) return { file: null, findings };
  const known = schema.safeParse(withoutKeys(input, issues));
  return { file: known.success ? known.data : null, findings };
}

/** Whether the key that a finding misses is there under a misspelt name, which another finding says already. */
export function isMisspelt({ lacks, path }: Finding, findings: readonly Finding[]): boolean {
  if (lacks === undefined) return false;
  const place = JSON.stringify(path);
  return findings.some(
    (other) =>
      other.code === 'unknown_key' &&
      other.suggestion !== undefined &&
      lacks.includes(other.suggestion) &&
      JSON.stringify(other.path.slice(0, -1)) === place,
  );
}

/** Deepest map of an experiment; what lies below is refused for other reasons. */
const DEPTH = 6;

/** `__proto__` is passed over in silence by whatever copies maps, so it is looked for. */
function reservedKey(value: unknown, path: Path): Finding | null {
  if (typeof value !== 'object' || value === null || path.length > DEPTH) return null;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__') {
      const message = '`__proto__` is not a name.';
      return { severity: 'error', code: 'bad_name', message, fix: 'Rename it.', path: at, on: 'key' };
    }
    const found = reservedKey(inner, at);
    if (found) return found;
  }
  return null;
}

/** What is wrong with the alternative of a union that was most probably meant. */
function specific(issue: Issue, parent: readonly PropertyKey[]): Issue[] {
  const path = [...parent, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const near = issue.errors.filter((each) =>
    each.every((inner) => inner.path.length > 0 || !isOtherType(inner)),
  );
  // Of several maps the one that knows all the keys.
  const meant = near.find((each) => each.every(({ code }) => code !== 'unrecognized_keys')) ?? near[0];
  if (meant) return meant.flatMap((inner) => specific(inner, path));
  return [{ ...issue, path }];
}

/** The value is of another kind altogether: text where a map was asked for. */
function isOtherType(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function findingsOf(issue: Issue, input: unknown): Finding[] {
  const path = issue.path as Path;
  const field = fieldName(path);
  const value = valueAt(input, path);
  const error = (code: string, message: string, fix: string, on: 'key' | 'value' = 'value'): Finding => ({
    severity: 'error',
    code,
    message,
    fix,
    path,
    on,
  });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, input));
  if (issue.code === 'invalid_key') {
    const text = issue.issues[0]?.message ?? 'this is not a name';
    return [error('bad_name', `\`${path.at(-1)}\`: ${text}.`, 'Rename it.', 'key')];
  }
  if (value === undefined && path.length > 0) {
    const missing = error('missing_key', `${field} is missing.`, `Add ${field}.`, 'key');
    return [{ ...missing, path: path.slice(0, -1), lacks: [String(path.at(-1))] }];
  }
  switch (issue.code) {
    case 'invalid_type':
      return [
        error(
          'wrong_type',
          `${field} must be ${kindNames[issue.expected] ?? issue.expected}, not ${described(value)}.`,
          `Write ${kindNames[issue.expected] ?? issue.expected}${example(path)}.`,
        ),
      ];
    case 'invalid_value':
      return [wrongChoice(issue.values.map(String), value, path)];
    case 'invalid_union':
      return [wrongUnion(value, path)];
    case 'too_small':
    case 'too_big':
      return [outOfBounds(issue, value, path)];
    default:
      return [error('wrong_value', `${field}: ${issue.message}.`, 'Correct the value.')];
  }
}

const kindNames: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys to values',
  record: 'a map of names to values',
};

/** Of lists and maps whose items are not plain to see. */
const examples: Readonly<Record<string, string>> = {
  references: '[{ name: larger model, loss: 1.9 }]',
  'goals.must_include': '[algebra, code]',
  'goals.must_exclude': '[algebra, code]',
  'goals.weights': '{ algebra: 2, code: 0.5 }',
  budget: '{ gpu_hours: 100, hours_per_expert_per_billion: 10 }',
  goals: '{ within: 0.01 }',
};

function example(path: Path): string {
  const known = examples[path.join('.')];
  return known === undefined ? '' : `, such as \`${known}\``;
}

function described(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text \`${shortened(value)}\``;
  return `\`${String(value)}\``;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `methods[1].scale`, in code quotes; the file itself where the path is empty. */
export function fieldName(path: Path): string {
  if (path.length === 0) return 'The experiment';
  const steps = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`));
  return `\`${steps.join('')}\``;
}

/** The candidate that was probably meant by a misspelt word, if one is near. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const lower = word.toLowerCase().replaceAll('-', '_');
  const best = closest(lower, [...candidates]);
  const length = Math.max(word.length, best.length);
  const allowed = length < 2 ? 0 : length < 4 ? 1 : length < 7 ? 2 : 3;
  return distance(lower, best.toLowerCase()) <= allowed ? best : undefined;
}

function suggested(suggestion: string | undefined): { suggestion?: string } {
  return suggestion === undefined ? {} : { suggestion };
}

const ENSEMBLE_KEYS: readonly string[] = ['models', 'pool', 'max_bytes'];

function unknownKey(key: string, parent: Path, input: unknown): Finding {
  const mergeFix = isEnsemble(input) ? fixOfMergeKey([...parent, key]) : null;
  if (mergeFix !== null) return keyOfMerging([...parent, key], mergeFix);
  const candidates = knownKeys(parent, input);
  const suggestion = didYouMean(key, candidates);
  const where = parent.length === 0 ? 'an experiment' : fieldName(parent);
  const hint = suggestion ? ` Did you mean \`${suggestion}\`?` : '';
  const ensemble = ENSEMBLE_KEYS.includes(key) ? ' It belongs to `kind: ensemble`.' : '';
  return {
    severity: 'error',
    code: 'unknown_key',
    message: `\`${shortened(key)}\` is not a key of ${where}.${hint || ensemble}`,
    fix: suggestion
      ? `Write \`${suggestion}\`.`
      : candidates.length > 0
        ? `Remove it; \`${[...candidates].join('`, `')}\` can be added here.`
        : 'Remove it.',
    path: [...parent, key],
    on: 'key',
    ...suggested(suggestion),
  };
}

function keyOfMerging(path: Path, fix: string): Finding {
  const message = `${fieldName(path)} belongs to merging; an ensemble has none.`;
  return { severity: 'error', code: 'not_in_ensemble', message, fix, path, on: 'key' };
}

function wrongChoice(choices: readonly string[], value: unknown, path: Path): Finding {
  const isMethod = path[0] === 'methods' || path.at(-1) === 'method';
  if (isMethod && typeof value === 'string' && LATER_METHODS.includes(value)) return laterMethod(value, path);
  const suggestion = typeof value === 'string' ? didYouMean(value, choices) : undefined;
  const hint = suggestion ? ` Did you mean \`${suggestion}\`?` : '';
  const list = `\`${choices.join('`, `')}\``;
  return {
    severity: 'error',
    code: isMethod ? 'unknown_method' : 'wrong_choice',
    message: `${fieldName(path)} is ${described(value)}; it must be ${choices.length > 1 ? 'one of ' : ''}${list}.${hint}`,
    fix: suggestion ? `Write \`${suggestion}\`.` : `Write ${choices.length > 1 ? 'one of ' : ''}${list}.`,
    path,
    on: 'value',
    ...suggested(suggestion),
  };
}

function laterMethod(name: string, path: Path): Finding {
  return {
    severity: 'error',
    code: 'method_later',
    message: `The method \`${name}\` comes in a later version.`,
    fix: `Use one of \`${METHOD_NAMES.join('`, `')}\`.`,
    path,
    on: 'value',
  };
}

/** Forms of a value that can be written in several ways, in words. */
const unionForms: Readonly<Record<string, string>> = {
  experts: 'a map from expert to model, or with `sizes` a list of names',
  'sizes.*.experts': 'a pattern with `{expert}`, or a map from expert to model',
  'evaluation.data': 'a pattern with `{domain}`, or a map from domain to file',
  'methods.*': "a method's name, or a map with `method` and its parameters",
  'methods.*.scale': 'a positive number or `tuned`',
  'sweep.k': 'a range such as `1..3`, a whole number of at least 1, or a list of them',
  'sweep.subsets':
    '`all`, a whole number of at least 1 for each k, `{permutations: 15}`, or `{precision: 0.01}`',
  'budget.max_parameters': 'a number such as `14B`',
  'budget.memory': 'an amount such as `80GB`',
  'models.*': 'a folder or hub name, or a map with `model`',
  'pool.parameters': 'a number such as `14B`',
  'pool.memory': 'an amount such as `80GB`',
};

function wrongUnion(value: unknown, path: Path): Finding {
  if (path[0] === 'methods' && (path.length === 2 || path.at(-1) === 'method')) {
    const name = path.length === 2 && typeof value === 'object' ? valueAt(value, ['method']) : value;
    if (typeof name === 'string') return wrongChoice(METHOD_NAMES, name, methodPath(path, value));
  }
  const pattern = path.map((step, i) => (i === 1 && path[0] !== 'sweep' && path.length > 1 ? '*' : step));
  const form = unionForms[path.join('.')] ?? unionForms[pattern.join('.')] ?? 'something else';
  return {
    severity: 'error',
    code: 'wrong_type',
    message: `${fieldName(path)} must be ${form}, not ${described(value)}.`,
    fix: `Write ${form}.`,
    path,
    on: 'value',
  };
}

function methodPath(path: Path, value: unknown): Path {
  return path.length === 2 && typeof value === 'object' ? [...path, 'method'] : path;
}

function outOfBounds(
  issue: Extract<Issue, { code: 'too_small' | 'too_big' }>,
  value: unknown,
  path: Path,
): Finding {
  const small = issue.code === 'too_small';
  const limit = String(small ? issue.minimum : issue.maximum);
  const counted = issue.origin === 'array' || issue.origin === 'string';
  const bound = small
    ? `${issue.inclusive ? 'at least' : 'more than'} ${limit}`
    : `${issue.inclusive ? 'at most' : 'less than'} ${limit}`;
  return {
    severity: 'error',
    code: counted && small ? 'empty' : 'out_of_bounds',
    message: counted
      ? `${fieldName(path)} must hold ${bound} ${issue.origin === 'array' ? (limit === '1' ? 'entry' : 'entries') : limit === '1' ? 'character' : 'characters'}.`
      : `${fieldName(path)} must be ${bound}, not ${String(value)}.`,
    fix: counted ? 'Fill it in, or remove the key.' : `Write a number of ${bound}.`,
    path,
    on: 'value',
  };
}

/** A copy of the input without its unknown keys. */
function withoutKeys(input: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(input);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const parent = valueAt(copy, issue.path as Path) as Record<string, unknown> | undefined;
    if (parent) for (const key of issue.keys) delete parent[key];
  }
  return copy;
}
