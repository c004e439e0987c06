import path from 'node:path';
import type { Asked, Listed } from './completion.ts';
import type { Suggestion } from './fit-completion.ts';
import { placeHere } from './model-place.ts';

type Wanted = 'model' | 'experts' | 'data' | 'folder' | 'template' | 'task';

/** Folders and files where a path belongs: models, data, a place to write to. */
export async function pathCompletions(asked: Asked): Promise<readonly Suggestion[]> {
  const wanted = wantedAt(asked);
  const { roots, place } = asked;
  const isModel = wanted === 'model' || wanted === 'experts';
  const at = isModel ? asked.models : roots && placeHere(asked.list, roots);
  if (!wanted || !at || place.role === 'key') return [];
  const typed = place.typed.replace(/^["']/, '');
  const parent = parentOf(typed);
  const folder = at.resolve(parent);
  const entries = (await at.entries(folder))
    .filter(({ name }) => !name.startsWith('.'))
    .slice(0, MOST_ENTRIES);
  const models = new Map((await at.models(folder)).map(({ name, kind }) => [name, kind]));
  const all = patterns(wanted, entries, models.size).map((name) =>
    whole(asked, parent + name, 'all of them'),
  );
  const isFree = wanted === 'folder' && typed === '';
  const first: Suggestion[] = isFree ? [whole(asked, './merged', 'a new folder')] : [];
  const others: Suggestion[] = [];
  for (const { name, kind } of entries) {
    const model = models.get(name);
    const written = parent + name;
    if (model && isModel) first.push({ ...whole(asked, written, model), kind: 'model' });
    else if (kind === 'folder') others.push(further(asked, written));
    else if (isWantedFile(wanted, name)) others.push({ ...whole(asked, written, ''), kind: 'file' });
  }
  const found = [...all, ...first, ...others];
  return found.map((each) => filtered(each, typed));
}

const MOST_ENTRIES = 500;

function wantedAt({ place: { path: at } }: Asked): Wanted | null {
  const where = at.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  if (
    where === 'base' ||
    /^(sizes\.[^.]+\.base|experts\.[^.*]+|references\.\*\.model|models\.[^.*]+(\.model)?)$/.test(where)
  )
    return 'model';
  if (/^sizes\.[^.]+\.experts(\.[^.]+)?$/.test(where))
    return where.endsWith('.experts') ? 'experts' : 'model';
  if (/^evaluation\.data(\.[^.]+)?$/.test(where)) return 'data';
  if (where === 'evaluation.chat_template') return 'template';
  if (/^evaluation\.downstream\.\*(\.task)?$/.test(where)) return 'task';
  return where === 'merge.out' ? 'folder' : null;
}

/** Up to the last separator; a relative path begins with `./`. */
function parentOf(typed: string): string {
  const cut = Math.max(typed.lastIndexOf('/'), typed.lastIndexOf('\\'));
  return cut === -1 ? './' : typed.slice(0, cut + 1);
}

/** One path for all experts or domains, where the folder holds them. */
function patterns(wanted: Wanted, entries: readonly Listed[], models: number): string[] {
  if (wanted === 'experts') return models > 0 ? ['{expert}'] : [];
  if (wanted !== 'data') return [];
  const endings = entries.flatMap(({ name, kind }) =>
    kind === 'file' && isData(name) ? [path.extname(name)] : [],
  );
  return [...new Set(endings)].map((ending) => `{domain}${ending}`);
}

function isWantedFile(wanted: Wanted, name: string): boolean {
  if (wanted === 'template') return name.endsWith('.jinja');
  return wanted === 'data' && isData(name);
}

function isData(name: string): boolean {
  return /\.(json|jsonl|ndjson)$/.test(name);
}

/** In quotes where braces, commas or the like would mean something else. */
function whole({ place }: Asked, written: string, detail: string): Suggestion {
  const needsQuotes = place.flow
    ? /[,[\]{}#:\s]/.test(written)
    : /(^[\s#&*!|>'"%@`{[])|: |:$| #/.test(written);
  const insert = needsQuotes ? JSON.stringify(written) : written;
  return { label: written, kind: 'folder', insert, detail };
}

function further(asked: Asked, written: string): Suggestion {
  return { ...whole(asked, `${written}/`, 'folder'), again: true };
}

/** What is typed without `./` still finds its folder. */
function filtered(suggestion: Suggestion, typed: string): Suggestion {
  const isPath = typed === '' || /^(\.|\/|~|\\|[A-Za-z]:)/.test(typed) || /[/\\]/.test(typed);
  return { ...suggestion, filter: isPath ? suggestion.label : suggestion.label.replace(/^\.\//, '') };
}
