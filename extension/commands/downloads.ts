import * as vscode from 'vscode';
import type { Question } from '../../runner/analysis-messages.ts';
import { toDownload } from '../../runner/hub-cache.ts';
import { counted } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';

/** Models whose download the user agreed to in this window. */
const agreed = new Set<string>();

/** Whether models of the hub that are not on this machine may be fetched; asked once for each. */
export async function mayDownload(question: Question): Promise<boolean> {
  const names = toDownload(question).filter((name) => !agreed.has(name));
  if (names.length === 0) return true;
  const answer = await vscode.window.showWarningMessage(
    `Download ${counted(names.length, 'model')} from the Hugging Face hub?`,
    {
      modal: true,
      detail: `${nameList(names, 12)}: not on this machine yet. They can take many gigabytes, and are kept in the hub's own cache; only safetensors, configurations and tokenizers are fetched.`,
    },
    'Download',
  );
  if (answer !== 'Download') return false;
  for (const name of names) agreed.add(name);
  return true;
}
