import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { stringify } from 'yaml';
import { experimentText } from './experiment-text.ts';
import { writtenPath } from './written-path.ts';

const ENDING = '.mergelab.yaml';

/** Asks for the base, a folder of experts and the data, and writes the file that says so. In a bundle without YAML: `write` is given. */
export async function newExperiment(write: typeof stringify): Promise<void> {
  const base = await askFolder('The base model: a folder with config.json and safetensors');
  if (!base) return;
  const shelf = await askFolder('The folder that holds the experts, one folder each', path.dirname(base));
  if (!shelf) return;
  const found = modelsIn(shelf).filter((folder) => path.resolve(folder) !== path.resolve(base));
  if (found.length === 0) {
    void vscode.window.showErrorMessage(
      'That folder holds no models: each expert is a folder with config.json and safetensors, or with a LoRA adapter.',
    );
    return;
  }
  const experts = await askExperts(found);
  if (!experts || experts.length === 0) return;
  const data = await askFolder(
    'The folder with held-out data, a JSON file for each domain',
    path.dirname(shelf),
  );
  if (!data) return;
  const asked = await vscode.window.showSaveDialog({
    title: 'Save the experiment',
    defaultUri: vscode.Uri.file(path.join(commonFolder([base, shelf, data]), `experiment${ENDING}`)),
    filters: { Experiment: ['yaml'] },
  });
  if (!asked) return;
  const file = asked.with({ path: `${asked.path.replace(/(\.mergelab)?(\.ya?ml)?$/, '')}${ENDING}` });
  const folder = path.dirname(file.fsPath);
  const declared = {
    base: writtenPath(folder, base),
    experts: experts.map((expert) => ({ name: path.basename(expert), path: writtenPath(folder, expert) })),
    data: dataOf(folder, data),
  };
  const text = experimentText(declared, write);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(file);
}

async function askFolder(title: string, near?: string): Promise<string | undefined> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Use This Folder',
      canSelectFiles: false,
      canSelectFolders: true,
      ...(near ? { defaultUri: vscode.Uri.file(near) } : {}),
    })) ?? [];
  return picked?.fsPath;
}

async function askExperts(folders: readonly string[]): Promise<readonly string[] | undefined> {
  const items = folders.map((folder) => ({
    label: path.basename(folder),
    description: folder,
    picked: true,
    folder,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: `${folders.length} models found`,
    placeHolder: 'Which of them are experts?',
  });
  return picked?.map(({ folder }) => folder);
}

/** Folders that look like models, by name. */
function modelsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name))
    .filter((each) => {
      try {
        return (
          statSync(each).isDirectory() &&
          ['config.json', 'adapter_config.json'].some((name) => existsSync(path.join(each, name)))
        );
      } catch {
        return false;
      }
    });
}

/** A pattern, with the ending that most files there have. */
function dataOf(
  from: string,
  folder: string,
): { readonly pattern: string; readonly domains: readonly string[] } {
  const files = readdirSync(folder).filter((name) => /\.jsonl?$/.test(name));
  const lines = files.filter((name) => name.endsWith('.jsonl')).length;
  const ending = lines > files.length / 2 ? '.jsonl' : '.json';
  const domains = files
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
  return { pattern: `${writtenPath(from, folder)}/{domain}${ending}`, domains };
}

/** The deepest folder that holds them all. */
function commonFolder(folders: readonly string[]): string {
  return folders
    .map((folder) => path.resolve(folder))
    .reduce((common, folder) => {
      let shared = common;
      while (path.relative(shared, folder).startsWith('..') && path.dirname(shared) !== shared)
        shared = path.dirname(shared);
      return shared;
    });
}
