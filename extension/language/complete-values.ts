import { targetText } from '../../words/hosts.ts';
import { type Asked, namesAt, tagAt } from './completion.ts';
import type { Suggestion } from './fit-completion.ts';
import { messageMarkdown } from './markdown.ts';
import { choicesAt, keyAtPath, type SchemaNode, schemasAt } from './schema-at.ts';
import { plainScalar } from './yaml-edit.ts';

/** Words and numbers that the schema allows at the cursor. */
export function valueCompletions(asked: Asked): readonly Suggestion[] {
  const { place } = asked;
  const { path } = place;
  if (path[0] === 'methods' && path.length === 2 && place.role === 'item') return methodSuggestions(asked);
  if (place.role === 'key') return path.join('.') === 'methods' && !place.flow ? methodItems(asked) : [];
  const [section, key] = path;
  if (key === 'method' && (section === 'goals' || section === 'merge')) return namedMethods(asked);
  if (path.join('.') === 'sweep.subsets') return SUBSETS;
  if (path.join('.') === 'sweep.k') return kSuggestions(asked);
  const choices = [...choicesAt(path, tagAt(asked)), ...words(asked)];
  const known = keyAtPath(path, tagAt(asked));
  const documentation = known?.schema.description ? messageMarkdown(known.schema.description) : '';
  return [...choices, ...defaultOf(known?.schema)].map(({ value, about }) => ({
    label: value,
    kind: 'value',
    insert: value,
    detail: about,
    documentation,
  }));
}

interface Word {
  readonly value: string;
  readonly about: string;
}

function words(asked: Asked): readonly Word[] {
  const path = asked.place.path.join('.');
  if (path === 'target') return targetWords(asked);
  if (path !== 'evaluation.chat_template') return [];
  return [
    { value: 'auto', about: "the base's, or that which all experts share" },
    { value: 'none', about: 'text as it is' },
  ];
}

function targetWords({ targets }: Asked): readonly Word[] {
  return [
    { value: 'local', about: 'this machine' },
    ...targets.map((each) => ({ value: plainScalar(each.host.name), about: targetText(each) })),
  ];
}

function defaultOf(schema: SchemaNode | undefined): Word[] {
  const value = schema?.default;
  return typeof value === 'number' ? [{ value: String(value), about: 'default' }] : [];
}

const SUBSETS: readonly Suggestion[] = [
  { label: 'all', kind: 'value', insert: 'all', detail: 'every subset of each k' },
  {
    label: '{ permutations: 15 }',
    kind: 'value',
    insert: `{ permutations: ${slot(1, '15')} }`,
    snippet: true,
    detail: 'nested subsets along random orders',
    filter: 'permutations',
  },
  {
    label: '{ precision: 0.01 }',
    kind: 'value',
    insert: `{ precision: ${slot(1, '0.01')}, at_most: ${slot(2, '200')} }`,
    snippet: true,
    detail: 'random subsets until each mean is known to so many nats',
    filter: 'precision',
  },
  {
    label: '50',
    kind: 'value',
    insert: slot(1, '50'),
    snippet: true,
    detail: 'as many random subsets of each k',
  },
];

function kSuggestions(asked: Asked): Suggestion[] {
  const last = Math.max(1, namesAt(asked, ['experts']).length);
  const range = `1..${last}`;
  return [{ label: range, kind: 'value', insert: range, detail: 'every size of subset' }];
}

/** Methods that the experiment has; all of them where it names none. */
function namedMethods(asked: Asked): Suggestion[] {
  const { children = [] } = asked.root.children.find(({ key }) => key === 'methods') ?? {};
  const named = children.flatMap(({ path, form }) =>
    form === 'map' ? (tagAt(asked)(path) ?? []) : namesAt(asked, ['methods']),
  );
  return methodNodes()
    .filter(({ name }) => named.length === 0 || named.includes(name))
    .map(({ name, node }) => ({
      label: name,
      kind: 'method',
      insert: name,
      detail: node.description ?? '',
    }));
}

function methodSuggestions({ place }: Asked): Suggestion[] {
  const quoted = /^["']/.test(place.typed);
  return methodNodes().flatMap(({ name, node }): Suggestion[] => {
    const documentation = node.description ? messageMarkdown(node.description) : '';
    const plain: Suggestion = { label: name, kind: 'method', insert: name, documentation };
    const body = parameterSnippet(name, node);
    if (body === null || quoted) return [plain];
    const label = `${name} with its parameters`;
    return [plain, { label, kind: 'method', insert: body, snippet: true, documentation, filter: name }];
  });
}

/** Under `methods:` a list is to begin. */
function methodItems(asked: Asked): Suggestion[] {
  return methodSuggestions(asked).map((each) => ({ ...each, insert: `- ${each.insert}` }));
}

function methodNodes(): { readonly name: string; readonly node: SchemaNode }[] {
  return schemasAt(['methods', 0], () => null).flatMap((node) => {
    const name = node.properties?.['method']?.const;
    return typeof name === 'string' ? [{ name, node }] : [];
  });
}

/** `{ method: ties, scale: ${1:1}, ... }` with each default to type over; null where there is nothing to set. */
function parameterSnippet(name: string, { properties = {} }: SchemaNode): string | null {
  const own = Object.entries(properties).filter(([key]) => key !== 'method' && key !== 'compatibility');
  if (own.length === 0) return null;
  const parameters = own.map(([key, schema], i) => `${key}: ${placeholder(schema, i + 1)}`);
  return `{ method: ${name}, ${parameters.join(', ')} }`;
}

function placeholder({ default: value, enum: choices, type }: SchemaNode, index: number): string {
  if (choices) return `\${${index}|${choices.join(',')}|}`;
  if (type === 'boolean') return `\${${index}|${value === false ? 'false,true' : 'true,false'}|}`;
  return Array.isArray(value) ? `[${slot(index, value.join(', '))}]` : slot(index, String(value));
}

/** A place of a snippet, with the text that stands there first. */
function slot(index: number, text: string): string {
  return `\${${index}:${text}}`;
}
