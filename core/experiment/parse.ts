/** From the text of `*.mergelab.yaml` to an experiment, or to everything that is wrong with it and where. */
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { checkParts } from './checks.ts';
import type { Diagnostic } from './diagnostic.ts';
import { checkEnsemble } from './ensemble/checks.ts';
import type { Ensemble } from './ensemble/ensemble.ts';
import { resolveEnsemble } from './ensemble/resolve.ts';
import type { EnsembleFile } from './ensemble/schema.ts';
import type { Experiment } from './experiment.ts';
import { Positions } from './positions.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { resolveExperiment } from './resolve.ts';
import { type ExperimentFile, FORMAT_VERSION } from './schema.ts';
import { checkShape, type Finding, isMisspelt } from './shape.ts';

export type { Diagnostic, Path, Position, Range } from './diagnostic.ts';
export { Positions } from './positions.ts';

export interface Parsed {
  /** Null when any diagnostic is an error, and for an ensemble. */
  readonly experiment: Experiment | null;
  /** Null when any diagnostic is an error, and for merging. */
  readonly ensemble: Ensemble | null;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly positions: Positions;
}

/** Longer files are refused unread. */
export const LARGEST_FILE = 1_000_000;
/** Nodes that aliases may multiply to; an experiment has no use for more. */
export const LARGEST_ALIAS_COUNT = 100;
/** A file that is not YAML at all needs no more of them. */
const MOST_YAML_PROBLEMS = 20;
/** Nobody reads more at once. */
const MOST_PROBLEMS = 100;

/**
 * Parses an experiment. Never throws, whatever the text.
 *
 * @param options.file named in diagnostics; its name without `.mergelab.yaml` is the experiment's default name
 */
export function parseExperiment(text: string, options: { file?: string } = {}): Parsed {
  const lines = new LineCounter();
  if (text.length > LARGEST_FILE) return refused(tooLarge(text.length), options);
  const document = parseYaml(text, lines);
  if (!document) return refused(tooDeep, options);
  const positions = new Positions(document, lines, text);
  if (document.errors.some(isStackOverflow)) return refused(tooDeep, options);
  const found: Diagnostic[] = [
    ...yamlDiagnostics(document, positions, text, options),
    ...repeatedKeys(document).map(([begin, end]) =>
      yamlDiagnostic({ code: 'DUPLICATE_KEY', message: '', pos: [begin, end] }, positions, text, options),
    ),
  ];
  let meant: Meant = NOTHING;
  if (found.every((each) => each.severity !== 'error')) {
    const result = interpret(document, options);
    meant = result;
    const told = result.findings.slice(0, MOST_PROBLEMS);
    found.push(...told.map((finding) => placed(finding, positions, options)));
  }
  const failed = found.some((diagnostic) => diagnostic.severity === 'error');
  const { experiment, ensemble } = failed ? NOTHING : meant;
  return { experiment, ensemble, diagnostics: inOrder(found), positions };
}

/** Null where the text nests deeper than the parser's stack. */
function parseYaml(text: string, lineCounter: LineCounter): Document | null {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      merge: true,
      stringKeys: true,
      uniqueKeys: false,
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Meant = Pick<Parsed, 'experiment' | 'ensemble'>;
type Interpreted = Meant & { readonly findings: readonly Finding[] };

const NOTHING: Meant = { experiment: null, ensemble: null };

function interpret(document: Document, options: { file?: string }): Interpreted {
  let input: unknown;
  try {
    input = document.toJS({ maxAliasCount: LARGEST_ALIAS_COUNT });
  } catch (error) {
    return nothing(error instanceof RangeError ? tooDeep : badAliases(error));
  }
  if (input === null || input === undefined) return nothing(empty);
  if (typeof input !== 'object' || Array.isArray(input)) return nothing(notAMap);
  const newer = ofNewerFormat(input as Readonly<Record<string, unknown>>);
  if (newer) return nothing(newer);
  const { file, findings } = checkShape(input);
  if (!file) return { ...NOTHING, findings };
  const parts = file.kind === 'ensemble' ? checkEnsemble(file) : checkParts(file);
  const wrong = parts.some((finding) => finding.severity === 'error');
  const meant = wrong ? NOTHING : resolved(file, nameOf(options.file));
  return { ...meant, findings: [...findings, ...parts.filter((part) => !isMisspelt(part, findings))] };
}

function resolved(file: ExperimentFile | EnsembleFile, name: string): Meant {
  return file.kind === 'ensemble'
    ? { experiment: null, ensemble: resolveEnsemble(file, name) }
    : { experiment: resolveExperiment(file, name), ensemble: null };
}

function nothing(finding: Finding): Interpreted {
  return { ...NOTHING, findings: [finding] };
}

/** One sentence says so, instead of an error for each of its keys. */
function ofNewerFormat(input: Readonly<Record<string, unknown>>): Finding | null {
  const { version } = input;
  if (typeof version === 'number' && Number.isInteger(version) && version > FORMAT_VERSION) {
    return {
      ...error('version_newer', 'value'),
      path: ['version'],
      message: `This file has version ${version} of the format; this version of Model Merge Lab reads ${FORMAT_VERSION}.`,
      fix: 'Update Model Merge Lab.',
    };
  }
  return null;
}

function error(code: string, on: 'key' | 'value'): Pick<Finding, 'severity' | 'code' | 'on'> {
  return { severity: 'error', code, on };
}

const empty: Finding = {
  ...error('empty_file', 'value'),
  path: [],
  message: 'The file is empty.',
  fix: 'An experiment needs at least `base`, `experts` and `evaluation`.',
};
const notAMap: Finding = {
  ...error('wrong_type', 'value'),
  path: [],
  message: 'An experiment is a map of keys to values.',
  fix: 'Begin with `base: ...`.',
};
const tooDeep: Finding = {
  ...error('yaml_too_deep', 'value'),
  path: [],
  message: 'The file nests too deeply to be an experiment.',
  fix: 'Remove the nesting.',
};

function tooLarge(length: number): Finding {
  return {
    ...error('file_too_large', 'value'),
    path: [],
    message: `The file has ${length.toLocaleString('en-US')} characters; an experiment has at most ${LARGEST_FILE.toLocaleString('en-US')}.`,
    fix: 'Use patterns with `{expert}` and `{domain}` instead of long lists.',
  };
}

function badAliases(cause: unknown): Finding {
  return {
    ...error('yaml_aliases', 'value'),
    path: [],
    message: `The aliases of this file cannot be followed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    fix: 'Write the values out.',
  };
}

/** A file that is not worth parsing. */
function refused(finding: Finding, options: { file?: string }): Parsed {
  const positions = new Positions(parseDocument(''), new LineCounter(), '');
  return { ...NOTHING, diagnostics: [placed(finding, positions, options)], positions };
}

function placed(finding: Finding, positions: Positions, options: { file?: string }): Diagnostic {
  const { path, on, severity, code, message, fix, suggestion } = finding;
  const key = positions.keyAt(path);
  const value = positions.at(path);
  const range = path.length === 0 ? positions.whole() : ((on === 'key' ? key : value) ?? value ?? key);
  return {
    ...located(options, range ?? positions.whole()),
    severity,
    code,
    message,
    fix,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** The parser catches its own overflow and goes on. */
function isStackOverflow(problem: YAMLError): boolean {
  return problem.message.startsWith('Maximum call stack size exceeded');
}

/** One for each place, and one syntax error for each line: what follows it there is its echo. */
function yamlDiagnostics(
  document: Document,
  positions: Positions,
  text: string,
  options: { file?: string },
): Diagnostic[] {
  const places = new Set<string>();
  const told: Diagnostic[] = [];
  for (const problem of [...document.errors, ...document.warnings]) {
    const diagnostic = yamlDiagnostic(problem, positions, text, options);
    const { line, column } = diagnostic.range.start;
    const place = diagnostic.code === syntax.code ? `${line}` : `${line}:${column}`;
    if (places.has(place) || told.length >= MOST_YAML_PROBLEMS) continue;
    places.add(place);
    told.push(diagnostic);
  }
  return told;
}

type YamlTrouble = Pick<YAMLError, 'message' | 'pos'> & { readonly code: string; readonly name?: string };

function yamlDiagnostic(
  problem: YamlTrouble,
  positions: Positions,
  text: string,
  options: { file?: string },
): Diagnostic {
  const [begin, end] = problem.pos;
  const { code, fix, message } = yamlCodes[problem.code] ?? (isBare(text, begin) ? bare : syntax);
  return {
    ...located(options, positions.between(begin, end)),
    severity: problem.name === 'YAMLWarning' ? 'warning' : 'error',
    code,
    message:
      message ??
      `This is not valid YAML: ${problem.message.charAt(0).toLowerCase()}${problem.message.slice(1)}.`,
    fix,
    path: [],
  };
}

interface YamlProblem {
  readonly code: string;
  readonly fix: string;
  readonly message?: string;
}

const syntax: YamlProblem = { code: 'yaml_syntax', fix: 'Correct the YAML here.' };
const bare: YamlProblem = {
  code: 'yaml_syntax',
  message: 'Between braces, a text that holds braces needs quotes.',
  fix: 'Put it in quotes: `"./eval/{domain}.json"`.',
};

/** Whether a brace stands there in the midst of a text without quotes, as in `{ data: ./eval/{domain}.json }`. */
function isBare(text: string, at: number): boolean {
  return text.charAt(at) === '{' && /[^\s{,:[]/.test(text.charAt(at - 1));
}

const yamlCodes: Readonly<Record<string, YamlProblem>> = {
  DUPLICATE_KEY: {
    code: 'yaml_duplicate_key',
    message: 'This key is there twice in the same map.',
    fix: 'Remove or rename one of the two.',
  },
  MULTIPLE_DOCS: {
    code: 'yaml_several_documents',
    message: 'The file holds several YAML documents; an experiment is one.',
    fix: 'Keep one document: remove `---` and what follows.',
  },
  TAB_AS_INDENT: { code: 'yaml_tab', message: 'A tab cannot indent YAML.', fix: 'Indent with spaces.' },
};

function located(
  options: { file?: string },
  range: Diagnostic['range'],
): Pick<Diagnostic, 'range' | 'line' | 'column' | 'file'> {
  return {
    ...(options.file === undefined ? {} : { file: options.file }),
    line: range.start.line,
    column: range.start.column,
    range,
  };
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      a.range.start.line - b.range.start.line ||
      a.range.start.column - b.range.start.column ||
      a.code.localeCompare(b.code),
  );
}

function nameOf(file: string | undefined): string {
  const base = file
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.mergelab\.ya?ml$/, '');
  return base || 'Experiment';
}
