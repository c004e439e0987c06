/** Result lines as the agent writes them, for tests of the reader. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EvaluationId, MergeKey, PlanId, ResultLine } from '../../core/store/format.ts';

/** Any 64 hex digits, by a word. */
export function hex<T extends string = string>(word: string): T {
  return createHash('sha256').update(word).digest('hex') as T;
}

export const key = (word: string): MergeKey => hex<MergeKey>(`merge ${word}`);
export const evaluation = (word: string): EvaluationId => hex<EvaluationId>(`evaluation ${word}`);
export const PLAN = hex<PlanId>('plan');

export function base64OfFloat32(values: readonly number[]): string {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return bytes.toString('base64');
}

/** The line's text with its check, and the end of the line. */
export function sealed(line: Omit<ResultLine, 'crc'> | Record<string, unknown>): string {
  const body = JSON.stringify(line).slice(0, -1);
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`;
}

export function scoreLine(
  merge: MergeKey,
  on: EvaluationId,
  perSample: readonly number[],
  more: Record<string, unknown> = {},
): string {
  return sealed({
    key: merge,
    evaluation: on,
    nll: perSample.reduce((sum, value) => sum + value, 0),
    tokens: 10 * perSample.length,
    samples: perSample.length,
    per_sample: base64OfFloat32(perSample),
    seconds: 0.08,
    device: 'cpu',
    batch_tokens: 8192,
    code: null,
    message: null,
    attempt: 1,
    ...more,
  });
}

export function failureLine(merge: MergeKey, on: EvaluationId | null, code: string, attempt: number): string {
  return sealed({
    key: merge,
    evaluation: on,
    nll: null,
    tokens: 0,
    samples: 0,
    per_sample: null,
    seconds: 0.01,
    device: 'cpu',
    batch_tokens: 8192,
    code,
    message: 'Größe passt nicht',
    attempt,
  });
}

export function headerLine(more: Record<string, unknown> = {}): string {
  const header = {
    format: 1,
    writer: 'w1',
    plan: PLAN,
    agent: '0.1.0',
    torch: '2.13.0',
    transformers: '5.0',
  };
  return sealed({ ...header, ...more });
}
