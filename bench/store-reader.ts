/**
 * How fast results are read: 100,000 lines of 40 samples, from bytes in memory to scores by key.
 * Compared in the same run with `JSON.parse` of the same lines, which any reader must do.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EvaluationId, MergeKey } from '../core/store/format.ts';
import { ResultIndex } from '../core/store/results.ts';

const LINES = 100_000;
const SAMPLES = 40;
const DOMAINS = 9;
const CHUNK = 1 << 20;

const hex = (word: string): string => createHash('sha256').update(word).digest('hex');
const evaluations = Array.from({ length: DOMAINS }, (_, i) => hex(`evaluation ${i}`) as EvaluationId);

function line(i: number): string {
  const samples = Float32Array.from({ length: SAMPLES }, (_, j) => 20 + ((i * 31 + j * 17) % 97) / 7);
  return sealed({
    key: hex(`merge ${Math.floor(i / DOMAINS)}`),
    evaluation: evaluations[i % DOMAINS],
    nll: samples.reduce((sum, value) => sum + value, 0),
    tokens: 1204,
    samples: SAMPLES,
    per_sample: Buffer.from(samples.buffer).toString('base64'),
    seconds: 0.081237,
    device: 'cpu',
    batch_tokens: 8192,
    code: null,
    message: null,
    attempt: 1,
  });
}

/** With its check as the last field. */
function sealed(document: unknown): string {
  const body = JSON.stringify(document).slice(0, -1);
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
}

function seconds(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
}

const header = { format: 1, writer: 'w', plan: hex('plan'), agent: '0', torch: '0', transformers: '0' };
const lines = Array.from({ length: LINES }, (_, i) => line(i));
const bytes = Buffer.from(`${sealed(header)}${lines.join('')}`);

const runs = Array.from({ length: 5 }, () => {
  const index = new ResultIndex();
  const read = seconds(() => {
    for (let at = 0; at < bytes.length; at += CHUNK) index.feed('w', bytes.subarray(at, at + CHUNK));
  });
  if (index.counts.scores !== LINES || index.damaged > 0) throw new Error('not every line was read');
  const decode = seconds(() => {
    for (const key of index.keys())
      for (const each of evaluations) index.get(key as MergeKey, each)?.perSample;
  });
  const parse = seconds(() => {
    for (const each of lines) JSON.parse(each);
  });
  return { read, decode, parse };
});

const best = (part: 'read' | 'decode' | 'parse'): number => Math.min(...runs.map((run) => run[part]));
const { length } = bytes;
console.log(`store reader: ${LINES.toLocaleString('en-US')} lines, ${(length / 1e6).toFixed(0)} MB`);
console.log(`  read and check     ${best('read').toFixed(3)} s   (at most 1 s)`);
console.log(`  decode all samples ${best('decode').toFixed(3)} s`);
console.log(
  `  JSON.parse alone   ${best('parse').toFixed(3)} s   ratio ${(best('read') / best('parse')).toFixed(2)}`,
);
