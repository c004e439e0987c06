import type { Path } from '../../core/experiment/diagnostic.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { messageMarkdown } from './markdown.ts';
import { alternatives, keyAtPath, type SchemaNode } from './schema-at.ts';

/** What a key means, its default and its choices; null for names and for keys that nobody knows. */
export function hoverOfKey(edited: EditedExperiment, path: Path): string | null {
  const known = keyAtPath(path, edited.tagAt);
  // What has no description of its own says enough by its name.
  const description = known?.schema.description;
  if (!known || !description) return null;
  const { name, schema, required } = known;
  const facts = [
    required ? 'required' : '',
    ...choices(schema),
    schema.default === undefined ? '' : `default ${valueText(schema.default)}`,
  ].filter(Boolean);
  const title = `**${name.replaceAll('_', '\\_')}**${facts.length > 0 ? ` · ${facts.join(' · ')}` : ''}`;
  return `${title}\n\n${messageMarkdown(description)}`;
}

function choices(schema: SchemaNode): string[] {
  const words = alternatives(schema).flatMap(
    (node) => node.enum ?? (node.const === undefined ? [] : [node.const]),
  );
  return words.length > 1 ? [words.map((word) => `\`${String(word)}\``).join(', ')] : [];
}

/** Shown where it is a word, a number or a short list. */
function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 || text === '{}' ? 'none' : `\`${text.replaceAll('"', '')}\``;
}
