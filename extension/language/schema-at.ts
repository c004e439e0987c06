/** What the schema says of a place in the file: which keys and values belong there, and what they mean. */
import type { Path } from '../../core/experiment/diagnostic.ts';
import { experimentJsonSchema } from '../../core/experiment/json-schema.ts';

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

/** Told for a map in `methods`: which method it is, since each has its own keys. */
export type MethodAt = (path: Path) => string | null;

let root: SchemaNode | null = null;

/** What may stand at a path: alternatives, with unions taken apart. */
export function schemasAt(path: Path, methodAt: MethodAt): readonly SchemaNode[] {
  root ??= experimentJsonSchema() as SchemaNode;
  let found = alternatives(root);
  for (const [depth, step] of path.entries()) {
    const method = methodAt(path.slice(0, depth));
    found = found
      .filter((node) => fits(node, method))
      .flatMap((node) => child(node, step))
      .flatMap(alternatives);
  }
  const method = methodAt(path);
  return found.filter((node) => fits(node, method));
}

/** Keys that the map at a path may have, the required ones first. */
export function keysAt(path: Path, methodAt: MethodAt): readonly KnownKey[] {
  const keys = new Map<string, KnownKey>();
  for (const { properties, required } of schemasAt(path, methodAt)) {
    for (const [name, schema] of Object.entries(properties ?? {})) {
      if (!keys.has(name)) keys.set(name, { name, schema, required: required?.includes(name) ?? false });
    }
  }
  return [...keys.values()].sort((a, b) => Number(b.required) - Number(a.required));
}

/** Of the key at a path, with its default and its choices; null where the schema knows no such key. */
export function keyAtPath(path: Path, methodAt: MethodAt): KnownKey | null {
  const last = path.at(-1);
  return keysAt(path.slice(0, -1), methodAt).find(({ name }) => name === last) ?? null;
}

/** Words that may stand at a path. */
export function choicesAt(path: Path, methodAt: MethodAt): readonly { value: string; about: string }[] {
  return schemasAt(path, methodAt).flatMap(choicesOf);
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

function fits({ properties }: SchemaNode, method: string | null): boolean {
  const tag = properties?.['method']?.const;
  return tag === undefined || method === null || tag === method;
}
