/** One step of a picker: a list to choose from, with a way back. */
import * as vscode from 'vscode';

export type Answer<T> =
  | { readonly kind: 'chosen'; readonly item: T }
  | { readonly kind: 'back' }
  | { readonly kind: 'gone' };

export interface Step<T extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly T[];
  readonly active: T | null;
  readonly canGoBack: boolean;
  /** Called for each item that the user moves to. */
  readonly looked?: (item: T) => void;
}

export function ask<T extends vscode.QuickPickItem>(step: Step<T>): Promise<Answer<T>> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick<T>();
    let answer: Answer<T> = { kind: 'gone' };
    pick.title = step.title;
    pick.placeholder = step.placeholder;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.items = step.items;
    if (step.active) pick.activeItems = [step.active];
    if (step.canGoBack) pick.buttons = [vscode.QuickInputButtons.Back];
    pick.onDidTriggerButton(() => {
      answer = { kind: 'back' };
      pick.hide();
    });
    pick.onDidChangeActive(([item]) => item && step.looked?.(item));
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (!item) return;
      answer = { kind: 'chosen', item };
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(answer);
    });
    pick.show();
  });
}
