/** What a result line must be before it is believed. Plain checks: a store has hundreds of thousands of them. */
import { type ResultHeader, type ResultLine, STORE_FORMAT } from './format.ts';

/** Above this many samples, `per_sample` of a merge holds this many blocks of them. */
export const LARGEST_PER_SAMPLE = 1000;

/** Number of float32 values in base64 text; not a whole number where the text was cut. */
export function perSampleLength(encoded: string): number {
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  return ((encoded.length / 4) * 3 - padding) / 4;
}

/** @param isName whether a value is a key or an id: `isSha256`, or something that remembers */
export function isResultLine(
  value: unknown,
  isName: (value: unknown) => boolean = isSha256,
): value is ResultLine {
  if (!isRecord(value)) return false;
  const line = value as Partial<Record<keyof ResultLine, unknown>>;
  return (
    isName(line.key) &&
    (line.evaluation === null || isName(line.evaluation)) &&
    typeof line.device === 'string' &&
    isCount(line.batch_tokens) &&
    isCount(line.attempt) &&
    typeof line.seconds === 'number' &&
    (isScore(line) || isFailure(line))
  );
}

/** A finite sum over at least one token, with a value for each sample. */
function isScore(line: Partial<Record<keyof ResultLine, unknown>>): boolean {
  return (
    line.evaluation !== null &&
    line.code === null &&
    typeof line.nll === 'number' &&
    isCount(line.tokens) &&
    line.tokens > 0 &&
    isCount(line.samples) &&
    line.samples > 0 &&
    typeof line.per_sample === 'string' &&
    BASE64.test(line.per_sample) &&
    isLengthFor(line.samples, perSampleLength(line.per_sample))
  );
}

/** Each of them, or their blocks. */
function isLengthFor(samples: number, length: number): boolean {
  return length === samples || (length === LARGEST_PER_SAMPLE && samples > LARGEST_PER_SAMPLE);
}

function isFailure(line: Partial<Record<keyof ResultLine, unknown>>): boolean {
  const message = line.message;
  return (
    line.nll === null &&
    typeof line.code === 'string' &&
    (message === undefined || message === null || typeof message === 'string')
  );
}

export function isResultHeader(value: unknown): value is ResultHeader {
  if (!isRecord(value)) return false;
  const header = value as Partial<Record<keyof ResultHeader, unknown>>;
  return (
    header.format === STORE_FORMAT &&
    isSha256(header.plan) &&
    [header.writer, header.agent, header.torch, header.transformers].every(
      (field) => typeof field === 'string',
    )
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Lower-case hex of a SHA-256. */
export function isSha256(value: unknown): boolean {
  return typeof value === 'string' && SHA256.test(value);
}
