/** Predicted, then measured, then recommended: with real models, real merges and an edit in between. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Report } from '../../core/report/report.ts';
import { ExperimentSession } from '../../runner/experiment-session.ts';
import { agentPython } from '../editor/installed.ts';
import { copySample } from '../editor/sample.ts';
import { sampleReport } from '../webview/sample.ts';

vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

function open(file: string): Promise<ExperimentSession> {
  return ExperimentSession.open(file, {
    python: agentPython(),
    home: path.join(folder, 'home'),
    device: 'cpu',
  });
}

async function run(session: ExperimentSession): Promise<void> {
  await session.plan();
  await session.run();
  using following = session.follow(() => {});
  expect(await following.finished).toMatchObject({ state: 'done', failed: 0 });
}

const chosen = ({ cells }: Report) =>
  (cells[0]?.selection?.chosen ?? []).map(({ k, members, loss }) => ({ k, members, loss }));

test('a fifth of the merges finds what all of them find, and keeps it through an edit of the file', async () => {
  const { file } = copySample(folder);
  const text = readFileSync(file, 'utf8').replace(/^ {2}subsets: .*$/m, '  subsets: 10');
  writeFileSync(file, text);
  const session = await open(file);
  await run(session);
  const { requests, reason } = await session.verify();
  expect(reason).toBeNull();
  expect(requests.at(-1)).toHaveProperty('weights');
  await run(session);
  const report = await session.report('complete');
  expect(report.progress.total).toBe(89 + requests.length);
  expect(report.progress.total).toBeLessThan(0.25 * 521);
  // The sample's own report has measured every subset.
  const truth = chosen(sampleReport());
  for (const { k, loss } of chosen(report))
    expect(loss - (truth.find((each) => each.k === k)?.loss ?? Number.NaN)).toBeLessThan(0.0005);
  const predicted = report.study?.cells[0]?.predicted;
  const [weights] = predicted?.kind === 'predicted' ? predicted.measured_weights : [];
  expect(weights?.gain.low).toBeGreaterThan(0);
  await session.dispose();

  writeFileSync(file, text.replace('  subsets: 10', '  k: 1..8\n  subsets: 10'));
  const edited = await open(file);
  const { plan, missing } = await edited.plan();
  expect(missing).toBe(0);
  expect(plan.total).toBe(89 + requests.length);
  await edited.dispose();
});
