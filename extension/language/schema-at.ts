/** What the schema says of a place in the file: which keys and values belong there, and what they mean. */
import type { Path } from '../../core/experiment/diagnostic.ts';
import { isKind } from '../../core/experiment/file-kind.ts';
import { ensembleJsonSchema, experimentJsonSchema } from '../../core/experiment/json-schema.ts';
import { entryAt, type OutlineEntry, scalarText } from './outline.ts';

/** The part of JSON Schema that the experiment's uses. */
export interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

export interface KnownKey {
  readonly name: string;
  readonly schema: SchemaNode;
  readonly required: boolean;
}

/**
 * Told for a map of which kind it is, where each kind has its own keys: for the file, and for a method of it. Null
 * where that is not known, or there are no kinds.
 */
export type TagAt = (path: Path) => string | null;

export function tagsIn(text: string, root: OutlineEntry): TagAt {
  const textAt = (path: Path) => scalarText(text, entryAt(root, path));
  return (path) => {
    if (path.length === 2 && path[0] === 'methods') return textAt([...path, 'method']);
    if (path.length > 0) return null;
    const kind = entryAt(root, ['kind']) ? textAt(['kind']) : 'merge';
    return isKind(kind) ? kind : null;
  };
}

let root: SchemaNode | null = null;

/** What may stand at a path: alternatives, with unions taken apart. */
export function schemasAt(path: Path, tagAt: TagAt): readonly SchemaNode[] {
  root ??= { anyOf: [experimentJsonSchema(), ensembleJsonSchema()] as SchemaNode[] };
  let found = alternatives(root);
  for (const [depth, step] of path.entries()) {
    const tag = tagAt(path.slice(0, depth));
    found = found
      .filter((node) => fits(node, tag))
      .flatMap((node) => child(node, step))
      .flatMap(alternatives);
  }
  const tag = tagAt(path);
  return found.filter((node) => fits(node, tag));
}

/** Keys that the map at a path may have, the required ones first. */
export function keysAt(path: Path, tagAt: TagAt): readonly KnownKey[] {
  const keys = new Map<string, KnownKey>();
  for (const { properties, required } of schemasAt(path, tagAt)) {
    for (const [name, schema] of Object.entries(properties ?? {})) {
      if (!keys.has(name)) keys.set(name, { name, schema, required: required?.includes(name) ?? false });
    }
  }
  return [...keys.values()].sort((a, b) => Number(b.required) - Number(a.required));
}

/** Of the key at a path, with its default and its choices; null where the schema knows no such key. */
export function keyAtPath(path: Path, tagAt: TagAt): KnownKey | null {
  const last = path.at(-1);
  return keysAt(path.slice(0, -1), tagAt).find(({ name }) => name === last) ?? null;
}

/** Words that may stand at a path. */
export function choicesAt(path: Path, tagAt: TagAt): readonly { value: string; about: string }[] {
  return schemasAt(path, tagAt).flatMap(choicesOf);
}

function choicesOf(node: SchemaNode): { value: string; about: string }[] {
  const about = node.description ?? '';
  if (node.enum) return node.enum.map((value) => ({ value: String(value), about }));
  if (node.const !== undefined) return [{ value: String(node.const), about }];
  return node.type === 'boolean' ? ['true', 'false'].map((value) => ({ value, about })) : [];
}

function child(node: SchemaNode, step: string | number): readonly SchemaNode[] {
  if (typeof step === 'number') return node.items ? [node.items] : [];
  const known = node.properties && Object.hasOwn(node.properties, step) ? node.properties[step] : undefined;
  if (known) return [known];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}

/** A union's description goes to those of its parts that have none. */
export function alternatives(node: SchemaNode): readonly SchemaNode[] {
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  if (parts.length === 0) return [node];
  const { description } = node;
  return parts
    .flatMap(alternatives)
    .map((part) => (part.description || !description ? part : { ...part, description }));
}

function fits({ properties }: SchemaNode, tag: string | null): boolean {
  const own = (properties?.['method'] ?? properties?.['kind'])?.const;
  return own === undefined || tag === null || own === tag;
}
