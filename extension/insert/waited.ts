import * as vscode from 'vscode';

const MOMENT_MS = 400;

/** Shows that something goes on where it takes longer than a moment. */
export async function waited<T>(title: string, work: Promise<T>): Promise<T> {
  const isSlow = Promise.withResolvers<'slow'>();
  const timer = setTimeout(() => isSlow.resolve('slow'), MOMENT_MS);
  try {
    const first = await Promise.race([work.then(() => 'done' as const), isSlow.promise]);
    if (first === 'done') return await work;
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title },
      () => work,
    );
  } finally {
    clearTimeout(timer);
  }
}
