import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EnsembleReport } from '../../core/ensemble/types.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import { parseEvaluationSet } from '../../core/store/evaluation.ts';
import type { PlanId, WorkerStatus } from '../../core/store/format.ts';
import type { AnalysisUpdate } from '../../runner/analysis.ts';
import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { findPython } from '../../runner/python.ts';
import type { OpenOptions } from '../../runner/session-types.ts';
import { decodeState } from '../../webview/page/state/decode-state.ts';
import { resultsOf, TinyWorld } from './tiny-world.ts';

vi.setConfig({ testTimeout: 300_000 });

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const TEXT = `name: Tiny ensemble
kind: ensemble
models:
  small: ./models/small
  large: ./models/large
  other: ./models/other
  again: { model: ./models/again, null_of: small }
evaluation:
  data: ./eval/{domain}.json
  domains: [alpha, beta]
  max_bytes: 40
pool: { k: 2 }
`;

let world: TinyWorld;
const sessions: EnsembleSession[] = [];

beforeAll(() => {
  world = new TinyWorld('make_ensemble.py');
}, 120_000);
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.dispose()));
});
afterAll(() => world.remove());

function open(file: string, options: Pick<OpenOptions, 'workers'> = {}): EnsembleSession {
  const session = EnsembleSession.open(file, { device: 'cpu', ...options });
  sessions.push(session);
  return session;
}

async function scored(session: EnsembleSession): Promise<WorkerStatus> {
  await session.run();
  using following = session.follow(() => {});
  return await following.finished;
}

/** All that is told of a plan until the complete report of its four models. */
function reportsOf(session: EnsembleSession, plan: PlanId): Promise<AnalysisUpdate<EnsembleDocument>[]> {
  return new Promise((resolve) => {
    const told: AnalysisUpdate<EnsembleDocument>[] = [];
    const watching = session.watch(plan, (update) => {
      told.push(update);
      if (update.report?.stage !== 'complete' || update.progress?.done !== 4) return;
      watching[Symbol.dispose]();
      resolve(told);
    });
  });
}

function merge(args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('an ensemble, from file to report', () => {
  test('every model is scored once, on the same bytes, and the report is of them', async () => {
    const session = open(world.experiment(TEXT), { workers: 2 });
    const before = await session.plan();
    expect([before.done, before.missing]).toEqual([0, 4]);
    const reports = reportsOf(session, before.plan.id);
    const last = await scored(session);
    expect([last.state, last.done, last.total]).toEqual(['done', 4, 4]);
    const followed = await reports;
    expect(followed[0]).toMatchObject({ progress: { done: 0 }, report: null });
    expect(followed.at(-2)?.report?.stage).toBe('points');
    expect(followed.at(-1)?.report).toMatchObject({ stage: 'complete', progress: { done: 4 } });
    expect(resultsOf(session.store)).toHaveLength(4 * 2);
    expect(await session.status()).toHaveLength(2);

    const { plan } = before;
    const bytesOf = (name: string): number =>
      Object.values(plan.header.models[name]?.evaluations ?? {})
        .map((id) => readFileSync(path.join(session.store, 'evaluations', `${id}.json`), 'utf8'))
        .map((text, i) => parseEvaluationSet(setIds(name)[i] as never, text))
        .reduce((sum, { samples }) => sum + samples.reduce((all, { bytes }) => all + bytes, 0), 0);
    const setIds = (name: string) => Object.values(plan.header.models[name]?.evaluations ?? {});
    expect(setIds('small')).toEqual(setIds('large'));
    expect(setIds('small')).not.toEqual(setIds('other'));
    expect(bytesOf('small')).toBe(bytesOf('other'));

    const report = await session.report('complete');
    expect(report.left_out).toEqual([]);
    expect(report.samples).toMatchObject({ total: 60, used: 60, overlong: 0, missing: 0 });
    expect(report.pool).toEqual(['small', 'large', 'other']);
    expect(report.models.map(({ family }) => family)).toEqual(['qwen2', 'llama', 'gpt_neox', 'qwen2']);
    expect(report.goal?.members).toHaveLength(2);
    expect(report.controls.nulls.map(({ members }) => members)).toEqual([['small', 'again']]);
    checkAgainstLosses(report, session);

    const again = await open(session.file).run();
    expect(again.state).toBe('nothing_to_do');
  });

  test('a model more is the only one that is scored; one that diverges is left out and said', async () => {
    const file = world.experiment(TEXT.replace(/ {2}again: .*\n/, ''));
    expect((await scored(open(file))).done).toBe(3);
    breakModel(path.join(path.dirname(file), 'models', 'again'));
    writeFileSync(file, TEXT);
    const session = open(file);
    expect((await session.plan()).missing).toBe(1);
    const last = await scored(session);
    expect(last.state).toBe('done');
    expect(resultsOf(session.store)).toHaveLength(4 * 2);
    const report = await session.report('points');
    expect(report.models.map(({ name }) => name)).toEqual(['small', 'large', 'other']);
    expect(report.left_out).toMatchObject([
      { code: 'model_failed', message: 'again is left out: The loss is not finite.' },
    ]);
    const { done, failed, missing } = await session.plan();
    expect([done, failed, missing]).toEqual([3, 1, 0]);
  });
});

/** The report's losses are those of the store: bits per byte of each model, and of the oracle of all. */
function checkAgainstLosses(report: EnsembleReport, session: EnsembleSession): void {
  const script = `
import base64, json, math, sys, pathlib
store = pathlib.Path(sys.argv[1])
header, *lines = [json.loads(l) for f in (store / "plans").glob("*.jsonl") for l in f.read_text().splitlines()]
found = [json.loads(l) for f in (store / "results").glob("*.jsonl") for l in f.read_text().splitlines()[1:]]
def floats(text):
    import struct
    raw = base64.b64decode(text)
    return struct.unpack(f"<{len(raw) // 4}f", raw)
rows = {}
for line in lines:
    for domain, id in header["models"][line["model"]]["evaluations"].items():
        score = next(s for s in found if s["key"] == line["key"] and s["evaluation"] == id)
        sizes = [s["bytes"] for s in json.loads((store / "evaluations" / f"{id}.json").read_text())["samples"]]
        rows.setdefault(line["model"], {})[domain] = (floats(score["per_sample"]), sizes)
def bits(losses):
    return sum(sum(l) / (math.log(2) * sum(b)) for l, b in losses.values()) / len(losses)
pool = [rows[name] for name in ("small", "large", "other")]
oracle = {d: ([min(e) for e in zip(*(r[d][0] for r in pool))], pool[0][d][1]) for d in pool[0]}
print(json.dumps([[bits(rows[name]) for name in rows], bits(oracle)]))
`;
  const told = execFileSync(findPython(), ['-c', script, session.store], { encoding: 'utf8' });
  const [single, oracle] = JSON.parse(told) as [number[], number];
  for (const [i, model] of report.models.entries())
    expect(model.bits_per_byte.value).toBeCloseTo(single[i] ?? 0, 6);
  expect(report.oracle.at(-1)?.bits_per_byte.value).toBeCloseTo(oracle, 6);
}

function breakModel(folder: string): void {
  const script = `
import sys, torch
from safetensors.torch import load_file, save_file
file = sys.argv[1] + "/model.safetensors"
tensors = load_file(file)
save_file({name: t / 0 if "embed" in name else t for name, t in tensors.items()}, file, metadata={"format": "pt"})
`;
  execFileSync(findPython(), ['-c', script, folder], { stdio: 'pipe' });
}

describe('on the command line', () => {
  test('run scores and reports, for people and for programs, and once more scores nothing', () => {
    const file = world.experiment(TEXT);
    const first = merge(['run', file]);
    expect(first.code, first.err).toBe(0);
    expect(first.err).toMatch(/4: 4 to score/);
    expect(first.err).toMatch(/2 tokenizers/);
    expect(first.out).toMatch(/Serve \w+ (alone, with|and \w+ together)/);
    expect(first.out).toMatch(/again +qwen2 .* another run of small/);
    const second = merge(['run', file, '--json']);
    expect(second.code).toBe(0);
    expect(second.err).toMatch(/4 done, nothing to do/);
    const document = JSON.parse(second.out) as EnsembleReport & { left_out: unknown };
    expect(document).toMatchObject({ kind: 'ensemble', stage: 'complete', left_out: [] });
    expect(document.models).toHaveLength(4);
    const report = merge(['report', file]);
    expect(report.out).toBe(first.out);
    // Only models that share a tokenizer can average their logits.
    writeFileSync(file, TEXT.replace(/ {2}other: .*\n/, ''));
    const without = merge(['run', file, '--no-verify']);
    expect(without.out).toMatch(/Not\s+measured\s+yet:\s+small\s+and\s+large\./);
    const unasked = merge(['run', file, '--json']);
    expect(unasked.code, unasked.err).toBe(0);
    expect(unasked.err).toMatch(/3 done, nothing to do[\s\S]*averaged logits of 1 pool: 3 done, 1 to score/);
    const { controls, progress, unaveraged } = JSON.parse(unasked.out) as EnsembleDocument;
    expect([progress, unaveraged]).toEqual([{ done: 3, failed: 0, total: 3 }, []]);
    expect(controls.averaged_logits.map(({ members }) => members)).toEqual([['small', 'large']]);
    const again = merge(['run', file, '--verify']);
    expect(again.err).toMatch(/4 done, nothing to do[\s\S]*Nothing to verify/);
    expect(again.out).toMatch(/The logits of small and large averaged: \d/);
    expect(merge(['status', file]).out).toMatch(/^3 models and 1 pool scored/);
  });

  test('what merging alone has is refused with a word, and data and models that are not there are named', () => {
    const file = world.experiment(TEXT.replace('large: ./models/large', 'large: ./models/huge'));
    const run = merge(['run', file]);
    expect(run.code).toBe(1);
    expect(run.err).toMatch(/There is no folder .*huge/);
    const model = merge(['merge', file]);
    expect([model.code, model.err]).toEqual([1, expect.stringMatching(/of an ensemble.*none is merged/)]);
    const budget = merge(['plan', file, '--budget']);
    expect([budget.code, budget.err]).toEqual([1, expect.stringMatching(/of an ensemble.*none is merged/)]);
    const elsewhere = merge(['plan', file, '--on', '-oProxyCommand=x']);
    expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringMatching(/is no host/)]);
  });

  test('plans, says how far it is, and shares a run that needs no models to be read', () => {
    const file = world.experiment(TEXT);
    const plan = JSON.parse(merge(['plan', file, '--json']).out) as object;
    expect(plan).toMatchObject({
      models: 4,
      done: 0,
      missing: 4,
      estimate: { disk_bytes: expect.any(Number) },
    });
    const stop = merge(['stop', file]);
    expect([stop.code, stop.err]).toEqual([1, expect.stringMatching(/No run .* is going on/)]);
    const started = JSON.parse(merge(['run', file, '--detach', '--json']).out) as { state: string };
    expect(started.state).toBe('started');
    const attached = merge(['attach', file]);
    expect(attached.code === 0 || /No run .* is going on/.test(attached.err), attached.err).toBe(true);
    expect(merge(['status', file]).out).toMatch(/4 of 4 models scored/);

    const away = path.join(world.folder, 'away');
    expect(merge(['export', file, `${away}.zip`]).code).toBe(0);
    const imported = JSON.parse(merge(['import', `${away}.zip`, away, '--json']).out) as { file: string };
    const report = merge(['report', imported.file]);
    expect(report.out).toContain('models_not_at_hand');
    expect(report.out).toMatch(/Serve \w+ (alone, with|and \w+ together)/);
    const page = path.join(away, 'page.html');
    expect(merge(['report', imported.file, '--html', page]).out).toMatch(/^Written: /);
    const state =
      /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(readFileSync(page, 'utf8'))?.[1] ?? '';
    const { report: none, ensemble } = decodeState(state);
    expect(none).toBeNull();
    expect(ensemble?.report).toMatchObject({ kind: 'ensemble', progress: { done: 4 }, stage: 'complete' });
  });
});
