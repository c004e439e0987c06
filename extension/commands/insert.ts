import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { MergeChoice } from '../../core/report/mergekit.ts';
import type { Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';
import { insertExpertSubset, insertMerge } from '../insert/picker.ts';
import type { SubsetSource } from '../insert/subset-source.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { experimentsOf, type Target, whichExperiment } from './which-experiment.ts';

/** In the workspace's state: the experiment that a subset was taken from last. */
const LAST = 'insert.last';
/** How long an experiment that was not open may take to be read. */
const READ_MS = 15_000;

/** Asks for the experiment, method, k and weights of domains, with the text seen in place. */
export async function insertSubset(lab: Lab, target: Target): Promise<void> {
  const editor = editorToWriteIn(lab);
  if (!editor) return;
  const named = target === undefined ? undefined : await whichExperiment(lab, target);
  const uris = named
    ? [named]
    : (await experimentsOf(lab)).filter(
        (uri) => uri.scheme === 'file' && !lab.library.get(uri)?.parsed.ensemble,
      );
  if (uris.length === 0) {
    await whichExperiment(lab, undefined);
    return;
  }
  const ordered = byUse(lab, uris);
  const [first] = ordered;
  const sources = ordered.map((uri) => new LazySource(lab, uri));
  const meant = first && isLikely(lab, first) ? (sources[0] ?? null) : null;
  try {
    await insertExpertSubset(editor, sources, (problem) => showProblem(lab, problem), meant);
  } finally {
    for (const source of sources) source.release();
  }
}

/** The merge that is named, else the recommended one. */
export async function insertRecommended(lab: Lab, target: Target, name?: MergeName): Promise<void> {
  const uri = await whichExperiment(lab, target);
  const editor = uri && editorToWriteIn(lab, uri);
  if (!editor) return;
  const source = new LazySource(lab, uri);
  try {
    await insertMerge(editor, source, name ?? null, (problem) => showProblem(lab, problem));
  } finally {
    source.release();
  }
}

/** The one used last, then those with numbers, the newest first. */
function byUse(lab: Lab, uris: readonly vscode.Uri[]): readonly vscode.Uri[] {
  const rank = (uri: vscode.Uri): number =>
    isLast(lab, uri) ? Number.MAX_VALUE : (lab.library.get(uri)?.updated ?? 0);
  return [...uris].sort((a, b) => rank(b) - rank(a));
}

function isLikely(lab: Lab, uri: vscode.Uri): boolean {
  return isLast(lab, uri) || lab.library.get(uri)?.report != null;
}

function isLast(lab: Lab, uri: vscode.Uri): boolean {
  return lab.extension.workspaceState.get<string>(LAST) === uri.toString();
}

/** Not an experiment itself: subsets are used elsewhere. */
function editorToWriteIn(lab: Lab, notOf?: vscode.Uri): vscode.TextEditor | null {
  const editor = lab.insertionTarget.editor(notOf);
  if (!editor) {
    void vscode.window.showInformationMessage(
      'Open the file that the subset goes into, put the cursor where it belongs, and try again.',
    );
  }
  return editor;
}

/** An experiment that is read when it is chosen: a folder may hold hundreds. */
class LazySource implements SubsetSource {
  readonly file: string;
  readonly #lab: Lab;
  readonly #uri: vscode.Uri;
  readonly #holder = `insert ${randomUUID()}`;

  constructor(lab: Lab, uri: vscode.Uri) {
    this.#lab = lab;
    this.#uri = uri;
    this.file = vscode.workspace.asRelativePath(uri);
  }

  get name(): string {
    return this.#model?.state.valid?.experiment?.name ?? nameOfFile(this.#uri);
  }

  get weights(): SubsetSource['weights'] {
    return this.#model?.state.valid?.experiment?.goals.weights ?? new Map();
  }

  async report(): Promise<Report | null> {
    const model = await this.#lab.library.hold(this.#uri, this.#holder);
    await this.#lab.extension.workspaceState.update(LAST, this.#uri.toString());
    return reportOf(this.#lab, this.#uri, model);
  }

  async explore({ weights }: { readonly weights: SubsetSource['weights'] }): Promise<Report> {
    const model = await this.#lab.library.hold(this.#uri, this.#holder);
    return model.explore({ weights }, 'complete');
  }

  mergekit(choice: MergeChoice): string | null {
    return this.#model?.mergekit(choice) ?? null;
  }

  release(): void {
    this.#lab.library.release(this.#uri, this.#holder);
  }

  get #model(): ExperimentModel | undefined {
    return this.#lab.library.model(this.#uri);
  }
}

/** The report, which an experiment that was not open has only after a moment; null where nothing is measured. */
async function reportOf(lab: Lab, uri: vscode.Uri, model: ExperimentModel): Promise<Report | null> {
  if (model.state.report) return model.state.report;
  await model.refresh();
  if (model.state.report || !model.watched) return model.state.report;
  return new Promise((resolve) => {
    const late = setTimeout(() => settle(), READ_MS);
    const subscription = lab.library.onDidChange((changed) => {
      if (changed.toString() === uri.toString() && model.state.report) settle();
    });
    const settle = (): void => {
      clearTimeout(late);
      subscription.dispose();
      resolve(model.state.report);
    };
  });
}
