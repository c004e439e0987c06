/** A text that is being edited, with what is known of it: what every surface in the text is made from. */
import type { Path, Range } from '../../core/experiment/diagnostic.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Places } from '../../core/experiment/model-places.ts';
import type { Parsed } from '../../core/experiment/parse.ts';
import { soundPart } from '../../core/experiment/sound-part.ts';
import type { ExperimentState } from '../experiments/experiment-state.ts';
import { entryAt, type Outline, type OutlineEntry, outlineOf, scalarText } from './outline.ts';
import { type TagAt, tagsIn } from './schema-at.ts';
import { TextLines } from './text-lines.ts';

export class EditedExperiment implements Places {
  readonly lines: TextLines;
  /** Of exactly this text. */
  readonly parsed: Parsed;
  /** Null before anything is known. */
  readonly state: ExperimentState | null;
  #outline: Outline | null = null;
  #named: Experiment | null | undefined;
  #expertItems: ReadonlyMap<string, number> | null = null;

  constructor(text: TextLines | string, parsed: Parsed, state: ExperimentState | null) {
    this.lines = typeof text === 'string' ? new TextLines(text) : text;
    this.parsed = parsed;
    this.state = state;
  }

  get text(): string {
    return this.lines.text;
  }

  /** Of the text, or while that has errors the last one without; null where there was none, and for an ensemble. */
  get experiment(): Experiment | null {
    if (this.parsed.ensemble) return null;
    return this.parsed.experiment ?? this.state?.valid?.experiment ?? null;
  }

  /** The same of an ensemble. */
  get ensemble(): Ensemble | null {
    if (this.parsed.experiment) return null;
    return this.parsed.ensemble ?? this.state?.valid?.ensemble ?? null;
  }

  /** What names experts, domains and files: while the text has errors its sound part, else the last text without. */
  get named(): Experiment | null {
    if (this.#named === undefined)
      this.#named = this.parsed.experiment ?? soundPart(this.text) ?? this.experiment;
    return this.#named;
  }

  /** Where a run would be: also where this window runs it elsewhere than the text says. */
  get target(): string {
    const { experiment, ensemble } = this.state?.valid ?? this;
    return (experiment ?? ensemble ?? this.named)?.target ?? 'local';
  }

  get outline(): OutlineEntry {
    this.#outline ??= outlineOf(this.text);
    return this.#outline.root;
  }

  /** Of the key that leads to a path. Where the text is no YAML, what its lines look like decides. */
  keyRange(path: Path): Range | null {
    if (this.#isYaml) return this.parsed.positions.keyAt(path);
    const entry = entryAt(this.outline, path);
    return entry && entry.key !== null ? this.lines.range(...entry.name) : null;
  }

  valueRange(path: Path): Range | null {
    if (this.#isYaml) return this.parsed.positions.at(path);
    const value = entryAt(this.outline, path)?.value;
    return value ? this.lines.range(...value) : null;
  }

  scalarAt(path: Path): string | null {
    return scalarText(this.text, entryAt(this.outline, path));
  }

  /** Of which kind the file and its methods are. */
  get tagAt(): TagAt {
    return tagsIn(this.text, this.outline);
  }

  /** Names in a list of experts, with their places in it. */
  get expertItems(): ReadonlyMap<string, number> {
    const entry = entryAt(this.outline, ['experts']);
    const items = entry?.form === 'list' ? entry.children : [];
    this.#expertItems ??= new Map(items.map((item, i) => [scalarText(this.text, item) ?? '', i]));
    return this.#expertItems;
  }

  get #isYaml(): boolean {
    return this.parsed.diagnostics.every(
      ({ code, severity }) => severity !== 'error' || !/^(yaml_|file_too_large)/.test(code),
    );
  }
}
