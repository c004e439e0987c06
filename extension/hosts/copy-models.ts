import * as vscode from 'vscode';
import type { ModelsOffer } from '../../core/hosts/missing-model.ts';
import type { Problem } from '../../core/problem.ts';
import { lackingSentence, offerSize } from '../../words/hosts.ts';
import { counted } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { writingText } from '../../words/units.ts';
import type { ExperimentModel } from '../experiments/experiment-model.ts';
import type { Repair } from '../repairs.ts';
import { withProgress } from '../with-progress.ts';

/** Models that only this machine has, copied to the host that lacks them, and nothing else. */
export function copyModels({ code }: Problem, model: ExperimentModel): readonly Repair[] {
  const { offer } = model;
  if (code !== 'model_missing' || !offer) return [];
  const act = async (): Promise<boolean> => {
    if (!(await agreed(offer))) return false;
    await withProgress(`Copying models to ${plain(offer.host)}`, ({ signal, tell }) =>
      model.sendModels({
        signal,
        onProgress: (sent) => tell(writingText(sent), sent.done / Math.max(1, sent.total)),
      }),
    );
    return true;
  };
  const title = `Copy ${counted(offer.models.length, 'Model')} (${offerSize(offer)})`;
  return [{ title, act, words: lackingSentence(offer) }];
}

async function agreed(offer: ModelsOffer): Promise<boolean> {
  const message = `Copy ${counted(offer.models.length, 'model')} to ${plain(offer.host)}?`;
  const detail = `${lackingSentence(offer)} What arrived stays there if it is stopped, and is found again.`;
  return (await vscode.window.showInformationMessage(message, { modal: true, detail }, 'Copy')) === 'Copy';
}
