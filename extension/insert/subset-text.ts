/** A subset of experts as text for the file that it is wanted in: by its language, at its indentation. */

/** What is to be inserted. */
export interface SubsetToInsert {
  /** In pool order. */
  readonly names: readonly string[];
  /** mergekit's configuration of the same merge; null where there is none. */
  readonly mergekit: string | null;
  /** Loss and provenance, on one line. */
  readonly remark: string;
}

/** How a language writes a list of names, and a comment. */
interface Writing {
  readonly form: 'array' | 'yaml' | 'flow' | 'markdown' | 'names' | 'words';
  /** Around a comment; null where the language has none. */
  readonly comment: readonly [begin: string, end: string] | null;
}

const HASH = ['# ', ''] as const;
const SLASHES = ['// ', ''] as const;

const WRITINGS: Readonly<Record<string, Writing>> = {
  python: { form: 'array', comment: HASH },
  julia: { form: 'array', comment: HASH },
  ruby: { form: 'array', comment: HASH },
  toml: { form: 'array', comment: HASH },
  json: { form: 'array', comment: null },
  jsonl: { form: 'array', comment: null },
  jsonc: { form: 'array', comment: SLASHES },
  javascript: { form: 'array', comment: SLASHES },
  javascriptreact: { form: 'array', comment: SLASHES },
  typescript: { form: 'array', comment: SLASHES },
  typescriptreact: { form: 'array', comment: SLASHES },
  yaml: { form: 'yaml', comment: HASH },
  mergelab: { form: 'flow', comment: HASH },
  markdown: { form: 'markdown', comment: ['<!-- ', ' -->'] },
  shellscript: { form: 'words', comment: HASH },
  dockerfile: { form: 'words', comment: HASH },
  makefile: { form: 'words', comment: HASH },
};
const PLAIN: Writing = { form: 'names', comment: null };

/** Where it goes. */
export interface InsertionPlace {
  /** As editors name languages. */
  readonly language: string;
  /** What stands before the cursor on its line. */
  readonly before: string;
  /** What stands behind it. */
  readonly after: string;
  /** In YAML: the key whose value is being written on lines of its own; null at the top. */
  readonly under?: string | null;
}

export interface Insertion {
  /** Goes to the beginning of the cursor's line, with its line break; empty where there is none. */
  readonly above: string;
  /** Goes to the cursor. */
  readonly body: string;
}

/** Longer lists get a line for each name. */
const LONGEST_LINE = 100;

export function insertionOf(subset: SubsetToInsert, place: InsertionPlace): Insertion {
  const writing = Object.hasOwn(WRITINGS, place.language) ? (WRITINGS[place.language] ?? PLAIN) : PLAIN;
  const indent = /^\s*/.exec(place.before)?.[0] ?? '';
  const isAlone = place.before.trim() === '' && place.after.trim() === '';
  const comment = commentOf(writing, subset.remark);
  const isVisible = writing.form === 'markdown' && !isAlone;
  return {
    above: comment === null || isVisible ? '' : `${indent}${comment}\n`,
    body: indented(bodyOf(writing, subset, { ...place, indent, isAlone }), indent),
  };
}

interface Surroundings extends InsertionPlace {
  readonly indent: string;
  readonly isAlone: boolean;
}

function bodyOf(writing: Writing, { names, mergekit }: SubsetToInsert, place: Surroundings): string {
  switch (writing.form) {
    case 'array':
      return arrayOf(names, place.before.length + place.after.length);
    case 'yaml':
      if (!place.isAlone) return flowOf(names);
      if (place.under === undefined || place.under === null)
        return (mergekit ?? modelsBlock(names)).trimEnd();
      return place.under === 'models' ? modelsIn(mergekit ?? modelsBlock(names)) : itemsOf(names);
    case 'flow':
      return flowOf(names);
    case 'markdown': {
      const code = names.map((name) => `\`${name.replaceAll('`', "'")}\``);
      return place.isAlone ? code.map((name) => `- ${name}`).join('\n') : code.join(', ');
    }
    case 'words':
      return names.map(shellWord).join(' ');
    case 'names':
      return names.join(', ');
    default:
      return writing.form satisfies never;
  }
}

/** A list as Python, JSON and their like write it. */
function arrayOf(names: readonly string[], around: number): string {
  const quoted = names.map((name) => JSON.stringify(name));
  const line = `[${quoted.join(', ')}]`;
  if (line.length + around <= LONGEST_LINE || names.length < 2) return line;
  return `[\n${quoted.map((name) => `    ${name}`).join(',\n')}\n]`;
}

function flowOf(names: readonly string[]): string {
  return `[${names.map(yamlWord).join(', ')}]`;
}

/** The part of mergekit's configuration that says which models, where no whole one can be made. */
function modelsBlock(names: readonly string[]): string {
  return ['models:', ...names.map((name) => `  - model: ${yamlWord(name)}`)].join('\n');
}

/** The items under `models:` of such a configuration. */
function modelsIn(configuration: string): string {
  const items = /^models:\n((?: +.*\n?)+)/m.exec(configuration)?.[1] ?? '';
  return items.trimEnd().replace(/^ {2}/gm, '');
}

function itemsOf(names: readonly string[]): string {
  return names.map((name) => `- ${yamlWord(name)}`).join('\n');
}

/** In quotes wherever YAML might read something else than text. */
function yamlWord(name: string): string {
  const isPlain =
    /^\p{L}[\p{L}\p{N}_-]*$/u.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name);
  return isPlain ? name : JSON.stringify(name);
}

function shellWord(name: string): string {
  return /^[\p{L}\p{N}_./-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** On one line, whatever is in it, and never ending itself. */
function commentOf({ comment }: Writing, remark: string): string | null {
  if (comment === null) return null;
  const [begin, end] = comment;
  const line = remark.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
  return begin + (end === '' ? line : line.replace(/-(?=-)|-$/g, '- ').replaceAll('>', '›')) + end;
}

/** Every line but the first, which begins at the cursor. */
function indented(text: string, indent: string): string {
  return text.split('\n').join(`\n${indent}`);
}
