import { type Asked, namesAt, tagAt } from './completion.ts';
import type { Suggestion } from './fit-completion.ts';
import { messageMarkdown } from './markdown.ts';
import { alternatives, type KnownKey, keysAt } from './schema-at.ts';

/** Of keys that exclude each other, one that is there leaves no room for the others. */
const EXCLUSIVE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '': [['base', 'sizes']],
  goals: [['within', 'return', 'epsilon']],
  merge: [
    ['subset', 'weights'],
    ['method', 'weights'],
  ],
  'references.*': [['loss', 'model']],
  'sweep.subsets': [
    ['permutations', 'precision'],
    ['permutations', 'at_most'],
  ],
};

/** Keys of the map at the cursor that are not there yet, the required ones first. */
export function keyCompletions(asked: Asked): readonly Suggestion[] {
  const { place } = asked;
  if (place.role === 'value' || (place.role === 'item' && place.path[0] !== 'references')) return [];
  const present = namesAt(asked, place.path).filter((name) => name !== own(asked));
  const pattern = place.path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
  const excluded = (EXCLUSIVE[pattern] ?? []).filter((group) => group.some((key) => present.includes(key)));
  return keysAt(place.path, tagAt(asked))
    .filter(({ name }) => !present.includes(name) && !excluded.flat().includes(name))
    .filter(({ name }) => !(name === 'base' && asked.place.path.length === 0 && present.includes('sizes')))
    .map((key) => suggestion(key, asked));
}

/** The key on the cursor's own word, which is there only because it is being typed. */
function own({ text, place }: Asked): string | null {
  return place.hasColon ? text.slice(...place.word) : null;
}

function suggestion(key: KnownKey, { place }: Asked): Suggestion {
  const { name, schema, required } = key;
  const { insert, again } = place.hasColon
    ? { insert: name, again: false }
    : place.flow || place.role === 'item'
      ? { insert: `${name}: `, again: true }
      : bodyOf(key);
  return {
    label: name,
    kind: 'key',
    insert,
    snippet: insert.includes('$'),
    detail: required ? 'required' : '',
    documentation: schema.description ? messageMarkdown(schema.description) : '',
    again,
  };
}

/** Sections with more to them than one value. */
const BODIES: Readonly<Record<string, string>> = {
  experts: 'experts:\n  $0',
  sizes: 'sizes:\n  S: { base: $1, experts: $2 }',
  evaluation: 'evaluation:\n  data: $0',
  methods: 'methods: [$0]',
  references: 'references:\n  - $0',
};

function bodyOf({ name, schema }: KnownKey): { insert: string; again: boolean } {
  const body = BODIES[name];
  if (body !== undefined) return { insert: body, again: name !== 'sizes' };
  const forms = alternatives(schema);
  if (forms.every(({ type }) => type === 'object')) return { insert: `${name}:\n  $0`, again: true };
  if (forms.every(({ type }) => type === 'array')) return { insert: `${name}: [$0]`, again: true };
  return { insert: `${name}: `, again: true };
}
