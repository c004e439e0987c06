import * as vscode from 'vscode';

export interface Work {
  /** Aborted where the user stops it. */
  readonly signal: AbortSignal;
  /** Says what is done now, and how much of all is done, from 0 to 1; null where that is not known. The bar never goes back. */
  readonly tell: (words: string, share: number | null) => void;
}

/** Work that a notification shows and can stop. */
export function withProgress<T>(title: string, work: (work: Work) => Promise<T>): Thenable<T> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    let shown = 0;
    const tell = (message: string, share: number | null): void => {
      const percent = share === null ? shown : Math.max(shown, 100 * share);
      progress.report({ message, increment: percent - shown });
      shown = percent;
    };
    return work({ signal: abort.signal, tell });
  });
}
