/** What is said of the word under the pointer: of an expert, a method, a domain or a key. */

import type { Path, Position, Range } from '../../core/experiment/diagnostic.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { meansSentence, precisionSentence, samplesSentence } from '../../words/precision.ts';
import { typicalMeansSentence } from '../../words/typical.ts';
import { downstreamSentences } from './downstream-hints.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { ensembleHover } from './ensemble-hover.ts';
import { nextSteps } from './headline.ts';
import { hoverOfDomain, hoverOfDomains } from './hover-domains.ts';
import { hoverOfKey } from './hover-keys.ts';
import { hoverOfMethod } from './hover-methods.ts';
import { hoverOfBase, hoverOfExpert } from './hover-models.ts';
import { hoverOfScale } from './hover-scale.ts';
import { hoverOfTarget } from './hover-target.ts';
import { escapeMarkdown } from './markdown.ts';
import type { OutlineEntry } from './outline.ts';
import { headlineCell } from './report-cells.ts';
import { contains } from './text-lines.ts';

export interface Hover {
  /** Markdown, parts apart. Everything that came from a file is escaped; it needs no trust and no HTML. */
  readonly parts: readonly string[];
  readonly range: Range;
}

export function hover(
  edited: EditedExperiment,
  at: Position,
  targets: readonly TargetName[] = [],
): Hover | null {
  const found = wordAt(edited, at);
  if (!found) return null;
  const { path, on, range } = found;
  const ofTarget = path.length === 1 && path[0] === 'target' ? [hoverOfTarget(edited, targets)] : null;
  const content = (ofTarget ?? contentOf(edited, path)).filter((part) => part !== null);
  const ofKey = on === 'key' ? hoverOfKey(edited, path) : null;
  const { stale } = edited.state ?? {};
  const report = edited.state?.report ?? edited.state?.ensemble;
  const parts = [
    // A name of the file, such as an expert's, is its own title; a key is told first what it means.
    ...(ofKey === null ? [] : [ofKey]),
    ...(stale && report && content.length > 0 ? [`*${escapeMarkdown(stale, 500)}*`] : []),
    ...content,
  ];
  return parts.length === 0 ? null : { parts, range };
}

function contentOf(edited: EditedExperiment, path: Path): readonly (string | null)[] {
  if (edited.ensemble) return ensembleHover(edited, path);
  const [section, second, third, fourth] = path;
  switch (section) {
    case 'base':
      return [hoverOfBase(edited, null)];
    case 'experts':
      return path.length === 2 ? hoverOfExpert(edited, nameAt(edited, path)) : answer(edited);
    case 'sizes':
      if (third === 'base') return [hoverOfBase(edited, String(second))];
      return third === 'experts' && fourth !== undefined ? hoverOfExpert(edited, String(fourth)) : [];
    case 'methods':
      if (third === 'scale') return [hoverOfScale(edited, Number(second))];
      return path.length >= 2 && (path.length === 2 || third === 'method')
        ? hoverOfMethod(edited, Number(second))
        : [];
    case 'evaluation':
      if (second === 'downstream')
        return lines(downstreamSentences(edited, third === undefined ? null : Number(third)));
      return domainsAt(edited, path);
    case 'goals':
      if (second === 'weights' && third !== undefined) return [hoverOfDomain(edited, String(third))];
      if ((second === 'must_include' || second === 'must_exclude') && third !== undefined)
        return hoverOfExpert(edited, nameAt(edited, path));
      return [];
    case 'merge':
      if (second === 'subset' && third !== undefined) return hoverOfExpert(edited, nameAt(edited, path));
      return second === 'weights' && third !== undefined ? hoverOfExpert(edited, String(third)) : [];
    case 'sweep':
      return second === 'subsets' ? precisionLines(edited) : [];
    case 'budget':
      return lines(edited.state?.report?.study?.planning?.sentences ?? []);
    default:
      return [];
  }
}

/** The headline, then which expert could go and what one more would buy. */
function answer({ state }: EditedExperiment): readonly (string | null)[] {
  const report = state?.report;
  return report ? lines([...report.headline.sentence.split('\n'), ...nextSteps(report)]) : [];
}

/** How well the means are known, of the method and size that the headline answers for. */
function precisionLines({ state }: EditedExperiment): readonly (string | null)[] {
  const report = state?.report;
  if (!report?.precision) return [];
  const cell = headlineCell(report);
  const own = cell?.precision;
  return lines(
    [
      precisionSentence(report.precision),
      own ? meansSentence(own) : '',
      own && cell ? typicalMeansSentence(cell) : '',
      samplesSentence(report.precision),
    ].filter(Boolean),
  );
}

function lines(sentences: readonly string[]): readonly string[] {
  return sentences.length === 0 ? [] : [sentences.map((each) => escapeMarkdown(each, 1000)).join('  \n')];
}

function domainsAt(edited: EditedExperiment, [, second, third]: Path): readonly (string | null)[] {
  if (second === 'domains' && third !== undefined)
    return [hoverOfDomain(edited, nameAt(edited, ['evaluation', 'domains', third]))];
  if (second !== 'data') return [];
  return [third === undefined ? hoverOfDomains(edited) : hoverOfDomain(edited, String(third))];
}

/** Of a map's entry its key; of a list's item its text. */
function nameAt(edited: EditedExperiment, path: Path): string {
  const last = path.at(-1);
  if (typeof last === 'string') return last;
  const range = edited.valueRange(path);
  return range ? edited.lines.slice(range).replace(/^(["'])(.*)\1$/, '$2') : '';
}

interface Word {
  readonly path: Path;
  readonly on: 'key' | 'value';
  readonly range: Range;
}

/** The deepest key or value at a position. */
function wordAt(edited: EditedExperiment, at: Position): Word | null {
  const search = (entry: OutlineEntry): Word | null => {
    for (const child of entry.children) {
      const name = edited.lines.range(...child.name);
      if (child.key !== null && contains(name, at)) return { path: child.path, on: 'key', range: name };
      if (!child.value) continue;
      const value = edited.lines.range(...child.value);
      if (!contains(value, at)) continue;
      if (child.children.length > 0) return search(child);
      return { path: child.path, on: 'value', range: value };
    }
    return null;
  };
  return search(edited.outline);
}
