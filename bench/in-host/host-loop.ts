/** Runs inside the extension host: how long its event loop is blocked while the sample runs and everything is shown. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';

const LIMIT_MS = 400_000;

export async function run(): Promise<void> {
  const [file] = await vscode.workspace.findFiles('nine-domains.mergelab.yaml');
  if (!file) throw new Error('the sample is not there');
  await vscode.window.showTextDocument(file);
  const began = performance.now();
  await vscode.extensions.getExtension('model-merge-lab.model-merge-lab')?.activate();
  console.log(`BENCH activation ${(performance.now() - began).toFixed(1)} ms, once, after the window stood`);
  await vscode.commands.executeCommand('mergeLab.run', file.toString());
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const until = Date.now() + LIMIT_MS;
  while (Date.now() < until && !(await isDone(file)))
    await new Promise((resolve) => setTimeout(resolve, 500));
  delay.disable();
  const ms = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(1)} ms`;
  console.log(
    `BENCH event loop during the run: longest ${ms(delay.max)}, 99.9% within ${ms(delay.percentile(99.9))}, median ${ms(delay.percentile(50))} (goal: never over 50 ms)`,
  );
}

async function isDone(file: vscode.Uri): Promise<boolean> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    file,
    5,
  );
  return lenses.some(({ command }) => command?.command === 'mergeLab.mergeRecommended');
}
