/**
 * A plan of 65,535 merges over 64 workers, as a client has it: to plan it, to read what 64 writers wrote, and to fit
 * again when one more result comes. CPU seconds, and memory. `bench/agent/many_workers.py` is the same as a worker has it.
 */
import { crc32 } from 'node:zlib';
import { ReportMaker } from '../core/report/make-report.ts';
import type { PlanLine } from '../core/store/format.ts';
import { ResultIndex } from '../core/store/results.ts';
import { experimentOf, planOf, World } from '../test/report/world.ts';

const WORKERS = 64;
const BLOCK = 32;
const CHUNK = 1 << 20;

const world = new World({ experts: 16, domains: 2, samples: 40, seed: 3, spread: 0.8 });
const experiment = experimentOf(world, {});

/** CPU seconds of this process: other work on the machine does not count. */
function timed<T>(what: string, work: () => T): T {
  const start = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(start);
  const { rss } = process.memoryUsage();
  console.log(
    `  ${what.padEnd(34)} ${((user + system) / 1e6).toFixed(2).padStart(6)} s  ${(rss / 1e6).toFixed(0)} MB`,
  );
  return made;
}

/** With its check as the last field. */
function sealed(document: unknown): string {
  const body = JSON.stringify(document).slice(0, -1);
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
}

const plan = timed('plan', () => planOf(experiment));
console.log(`  (${plan.lines.length.toLocaleString('en-US')} lines, the anchors included)`);

function resultLines({ key, subset, seed }: PlanLine): string {
  const members = subset.map((name) => world.pool.indexOf(name));
  return Object.entries(plan.header.evaluations)
    .map(([name, evaluation]) => {
      const { perSample, ...score } = world.score(members, world.domains.indexOf(name), seed, 1);
      const values = Buffer.from(Float32Array.from(perSample).buffer).toString('base64');
      const rest = { seconds: 0.1, device: 'cpu', batch_tokens: 8192, code: null, message: null, attempt: 1 };
      const samples = perSample.length;
      return sealed({ key, evaluation, ...score, samples, per_sample: values, ...rest });
    })
    .join('');
}

const texts = Array.from({ length: WORKERS }, (_, i) => [
  sealed({ format: 1, writer: `w${i}`, plan: plan.id, agent: '0', torch: '0', transformers: '0' }),
]);
const last = plan.lines.at(-1);
for (const [i, line] of plan.lines.slice(0, -1).entries())
  texts[Math.floor(i / BLOCK) % WORKERS]?.push(resultLines(line));
const files = texts.map((parts) => Buffer.from(parts.join('')));

const results = new ResultIndex();
timed(`read ${WORKERS} files`, () => {
  for (const [i, bytes] of files.entries())
    for (let at = 0; at < bytes.length; at += CHUNK) results.feed(`w${i}`, bytes.subarray(at, at + CHUNK));
});
if (results.damaged > 0) throw new Error('not every line was read');

const maker = new ReportMaker();
const input = { experiment, plan, results, evaluations: world.evaluations(), otherPlans: [] };
timed('points, the first time', () => maker.make(input, { stage: 'points' }));
if (last) results.feed('w0', Buffer.from(resultLines(last)));
const { progress } = timed('points after one more result', () => maker.make(input, { stage: 'points' }));
if (progress.done !== progress.total) throw new Error(`only ${progress.done} were read`);
timed('complete', () => maker.make(input, { stage: 'complete' }));
