import { type Asked, namesAt } from './completion.ts';
import type { Suggestion } from './fit-completion.ts';
import { namesByPattern } from './model-folders.ts';
import { resolvePath } from './named-files.ts';
import { entryAt, scalarText } from './outline.ts';

/** Names of experts, domains and sizes where they belong, without those that are there already. */
export async function nameCompletions(asked: Asked): Promise<readonly Suggestion[]> {
  const { place } = asked;
  const where = place.path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const isItem = place.role === 'item';
  const list = isItem ? place.path.slice(0, -1) : place.path;
  const typed = asked.text.slice(...place.word);
  const present = namesAt(asked, list).filter((name) => name !== typed);
  const fresh = (names: readonly string[]) => names.filter((name) => !present.includes(name));
  if (isItem && /^(goals\.must_(include|exclude)|merge\.subset)\.\*$/.test(where))
    return fresh(experts(asked)).map((name) => item(name, 'expert'));
  if (isItem && /^models\..+\.merge_of\.\*$/.test(where))
    return fresh(namesAt(asked, ['models']).filter((name) => name !== place.path[1])).map((name) =>
      item(name, 'model'),
    );
  if (isItem && where === 'evaluation.domains.*')
    return fresh(await domainsWithData(asked)).map((name) => item(name, 'domain', 'data exists'));
  if (isItem && where === 'experts.*')
    return fresh(await expertsByPattern(asked)).map((name) => item(name, 'expert', 'model exists'));
  if (place.role === 'value' && /^(goals|merge)\.size$/.test(where))
    return namesAt(asked, ['sizes']).map((name) => item(name, 'value'));
  if (place.role === 'value' && /^models\..+\.null_of$/.test(where))
    return namesAt(asked, ['models'])
      .filter((name) => name !== place.path[1])
      .map((name) => item(name, 'model'));
  if (place.role !== 'key') return [];
  if (where === 'goals.weights') return fresh(await domains(asked)).map((name) => key(asked, name, 'domain'));
  if (where === 'merge.weights' || /^sizes\.[^.]+\.experts$/.test(where))
    return fresh(experts(asked)).map((name) => key(asked, name, 'expert'));
  if (where === 'evaluation.data') return fresh(experts(asked)).map((name) => key(asked, name, 'domain'));
  return where === 'experts' ? expertEntries(asked, present) : [];
}

function experts(asked: Asked): readonly string[] {
  return namesAt(asked, ['experts']);
}

async function domains(asked: Asked): Promise<readonly string[]> {
  const named = namesAt(asked, ['evaluation', 'domains']);
  if (named.length > 0) return named;
  const mapped = namesAt(asked, ['evaluation', 'data']);
  return mapped.length > 0 ? mapped : experts(asked);
}

/** Domains that the pattern finds a file for, or that the map of data names. */
async function domainsWithData(asked: Asked): Promise<readonly string[]> {
  const pattern = scalarText(asked.text, entryAt(asked.root, ['evaluation', 'data']));
  if (pattern === null) return namesAt(asked, ['evaluation', 'data']);
  if (!asked.roots) return experts(asked);
  return namesByPattern(resolvePath(pattern, asked.roots), 'domain', asked.list);
}

/** With `sizes`, the experts that the first size's pattern finds. */
async function expertsByPattern(asked: Asked): Promise<readonly string[]> {
  const [first] = asked.root.children.find(({ key }) => key === 'sizes')?.children ?? [];
  const pattern = first ? scalarText(asked.text, entryAt(asked.root, [...first.path, 'experts'])) : null;
  const { models } = asked;
  if (pattern === null || !models) return [];
  const names = await namesByPattern(models.resolve(pattern), 'expert', models.entries);
  return names.filter((name) => name !== 'base');
}

/** Models beside the base and beside the experts that are there, as whole entries. */
async function expertEntries(asked: Asked, present: readonly string[]): Promise<Suggestion[]> {
  const { models, place, text, root } = asked;
  if (!models || place.hasColon) return [];
  const sources = [
    scalarText(text, entryAt(root, ['base'])),
    ...(entryAt(root, ['experts'])?.children ?? []).map((entry) => scalarText(text, entry)),
  ].filter((source): source is string => source !== null && /^(\.{0,2}[/\\]|~)/.test(source));
  const used = new Set(sources.map(models.resolve));
  const parents = [...new Set(sources.map(parentOf))].slice(0, 4);
  const found: Suggestion[] = [];
  for (const parent of parents) {
    for (const { name, kind } of await models.models(models.resolve(parent || '/'))) {
      const isUsed = used.has(models.resolve(`${parent}/${name}`)) || present.includes(name);
      if (isUsed || !NAME.test(name) || name === 'base') continue;
      const insert = `${name}: ${parent}/${name}`;
      found.push({ label: name, kind: 'expert', insert, detail: `${parent}/${name} · ${kind}` });
    }
  }
  return found;
}

/** Without its last part: `./models/S/base` lies in `./models/S`. */
function parentOf(source: string): string {
  return source.slice(0, Math.max(source.lastIndexOf('/'), source.lastIndexOf('\\'), 0));
}

/** As the schema's: what may be the name of an expert. */
const NAME = /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

function item(name: string, kind: Suggestion['kind'], detail = ''): Suggestion {
  return { label: name, kind, insert: name, detail };
}

function key({ place }: Asked, name: string, kind: Suggestion['kind']): Suggestion {
  return { label: name, kind, insert: place.hasColon ? name : `${name}: `, again: !place.hasColon };
}
