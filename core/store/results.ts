/**
 * Results as they arrive: bytes of `results/*.jsonl` in, scores by (merge key, evaluation id) out. Every byte is
 * read once; a chunk may end anywhere. A line that is cut, flipped or out of bounds is counted and ignored, since
 * the agent computes what is missing again.
 */
import type { Problem } from '../problem.ts';
import { type EvaluationId, type MergeKey, type ResultHeader, STORE_FORMAT } from './format.ts';
import { otherFormat } from './plan-file.ts';
import { isResultHeader, isResultLine, isSha256, perSampleLength } from './result-line.ts';
import { checkedJson } from './sealed.ts';

/** One merge on one domain. */
export interface Score {
  /** Sum over scored tokens, nats. */
  readonly nll: number;
  readonly tokens: number;
  readonly samples: number;
  /** Shape (samples), or for merges (1000) blocks of samples above that. Nats. Decoded when first read. */
  readonly perSample: Float32Array;
  readonly seconds: number;
  readonly device: string;
  readonly batch_tokens: number;
}

export interface Failure {
  readonly code: string;
  readonly message: string | null;
  readonly attempt: number;
}

export interface ResultCounts {
  /** Distinct (merge, evaluation) pairs with a score. */
  readonly scores: number;
  readonly lines: number;
  /** Valid scores of a pair that already had one. */
  readonly repeated: number;
  readonly bytes: number;
}

const NEWLINE = 0x0a;
/** Longer than any line that a writer makes (150,000 float32 in base64): beyond it, damage. */
const LONGEST_LINE = 1 << 20;

interface FileState {
  offset: number;
  /** Bytes after the last end of line. */
  rest: Uint8Array[];
  restLength: number;
  /** Inside a line that is too long to be one. */
  skipping: boolean;
  first: boolean;
  refused: boolean;
}

/** The lazy half of a `Score`: base64 until somebody asks. */
class StoredScore implements Score {
  readonly nll: number;
  readonly tokens: number;
  readonly samples: number;
  readonly seconds: number;
  readonly device: string;
  readonly batch_tokens: number;
  #encoded: string | null;
  #decoded: Float32Array | null = null;

  constructor(line: Omit<Score, 'perSample'>, encoded: string) {
    this.nll = line.nll;
    this.tokens = line.tokens;
    this.samples = line.samples;
    this.seconds = line.seconds;
    this.device = line.device;
    this.batch_tokens = line.batch_tokens;
    this.#encoded = encoded;
  }

  get perSample(): Float32Array {
    if (this.#decoded === null) {
      this.#decoded = decodeFloat32(this.#encoded ?? '');
      this.#encoded = null;
    }
    return this.#decoded;
  }
}

interface MergeEntry {
  readonly scores: Map<EvaluationId, StoredScore>;
  /** By domain, `null` for the merge as a whole; the latest attempt. */
  failures: Map<EvaluationId | null, Failure> | null;
}

/**
 * All results of a store. Feed files in the order of their names, so that where two writers scored the same pair
 * the same one wins each time the store is opened.
 */
export class ResultIndex {
  readonly #files = new Map<string, FileState>();
  readonly #merges = new Map<MergeKey, MergeEntry>();
  readonly #writers = new Map<string, ResultHeader>();
  readonly #problems: Problem[] = [];
  readonly #devices = new Set<string>();
  readonly #names = new Set<unknown>();
  #scores = 0;
  #lines = 0;
  #repeated = 0;
  #bytes = 0;
  #damaged = 0;
  #version = 0;

  /** The next bytes of a file, in order; any number of them. The chunk may be reused by the caller afterwards. */
  feed(file: string, chunk: Uint8Array): void {
    const state = this.#state(file);
    this.#bytes += chunk.length;
    state.offset += chunk.length;
    if (state.refused) return;
    let begin = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, begin)) {
      const piece = chunk.subarray(begin, end);
      begin = end + 1;
      if (state.skipping) {
        state.skipping = false;
      } else {
        this.#line(file, state, state.restLength === 0 ? piece : joined(state, piece));
        if (state.refused) return;
      }
      state.rest = [];
      state.restLength = 0;
    }
    // A copy: the chunk is used again, and `slice` of a Buffer is but a view of it.
    if (begin < chunk.length && !state.skipping) this.#keep(state, new Uint8Array(chunk.subarray(begin)));
  }

  /** Bytes of a file that were fed: where to read on. */
  offset(file: string): number {
    return this.#files.get(file)?.offset ?? 0;
  }

  /** The file will be fed from its beginning again: it was cut, or is another one. What is known stays known. */
  restart(file: string): void {
    this.#files.delete(file);
  }

  get(key: MergeKey, evaluation: EvaluationId): Score | undefined {
    return this.#merges.get(key)?.scores.get(evaluation);
  }

  /**
   * Why there is no score: of the merge as a whole, or of one domain of it. Undefined while there is none, and for
   * as long as there is a success.
   */
  failure(key: MergeKey, evaluation?: EvaluationId): Failure | undefined {
    const entry = this.#merges.get(key);
    if (!entry?.failures) return undefined;
    if (evaluation === undefined) return entry.scores.size > 0 ? undefined : entry.failures.get(null);
    if (entry.scores.has(evaluation)) return undefined;
    return entry.failures.get(evaluation) ?? entry.failures.get(null);
  }

  /** Every merge that has at least one score. */
  *keys(): Generator<MergeKey> {
    for (const [key, entry] of this.#merges) if (entry.scores.size > 0) yield key;
  }

  /** Raised by every line that changes an answer. */
  get version(): number {
    return this.#version;
  }

  get counts(): ResultCounts {
    return { scores: this.#scores, lines: this.#lines, repeated: this.#repeated, bytes: this.#bytes };
  }

  /** Lines that are not what a writer wrote. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Who wrote what, by file: agent and library versions, so that a mixture can be named. */
  get writers(): ReadonlyMap<string, ResultHeader> {
    return this.#writers;
  }

  /** Devices that scores were made on. */
  get devices(): ReadonlySet<string> {
    return this.#devices;
  }

  /** Files that cannot be read at all: of another format. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** Whether it is a key or an id; each is looked at closely but once. */
  readonly #isName = (value: unknown): boolean => {
    if (this.#names.has(value)) return true;
    if (!isSha256(value)) return false;
    this.#names.add(value);
    return true;
  };

  #state(file: string): FileState {
    let state = this.#files.get(file);
    if (!state) {
      state = { offset: 0, rest: [], restLength: 0, skipping: false, first: true, refused: false };
      this.#files.set(file, state);
    }
    return state;
  }

  #keep(state: FileState, piece: Uint8Array): void {
    state.rest.push(piece);
    state.restLength += piece.length;
    if (state.restLength > LONGEST_LINE) {
      state.rest = [];
      state.restLength = 0;
      state.skipping = true;
      state.first = false;
      this.#damaged += 1;
    }
  }

  #line(file: string, state: FileState, bytes: Uint8Array): void {
    this.#lines += 1;
    const first = state.first;
    state.first = false;
    const value = checkedJson(bytes);
    if (first) this.#header(file, state, value);
    else if (value !== undefined) this.#result(value);
    else this.#damaged += 1;
  }

  /** A damaged header costs nothing: each result line carries its own check. An intact one of another format does. */
  #header(file: string, state: FileState, value: unknown): void {
    const format = (value as { format?: unknown } | null | undefined)?.format;
    if (typeof format === 'number' && format !== STORE_FORMAT) {
      state.refused = true;
      this.#problems.push({ ...otherFormat(format), file });
    } else if (isResultHeader(value)) {
      this.#writers.set(file, value);
    } else if (value !== undefined) {
      this.#result(value);
    } else {
      this.#damaged += 1;
    }
  }

  #result(value: unknown): void {
    if (!isResultLine(value, this.#isName)) {
      this.#damaged += 1;
      return;
    }
    const entry = this.#entry(value.key);
    if (value.nll === null || value.evaluation === null) {
      this.#fail(entry, value.evaluation, {
        code: value.code ?? 'unknown',
        message: value.message ?? null,
        attempt: value.attempt,
      });
    } else if (entry.scores.has(value.evaluation)) {
      this.#repeated += 1;
    } else {
      const { nll, tokens, samples, seconds, device, batch_tokens } = value;
      entry.scores.set(
        value.evaluation,
        new StoredScore({ nll, tokens, samples, seconds, device, batch_tokens }, value.per_sample ?? ''),
      );
      this.#devices.add(device);
      this.#scores += 1;
      this.#version += 1;
    }
  }

  #fail(entry: MergeEntry, evaluation: EvaluationId | null, failure: Failure): void {
    entry.failures ??= new Map();
    const known = entry.failures.get(evaluation);
    if (known && known.attempt >= failure.attempt) return;
    entry.failures.set(evaluation, failure);
    this.#version += 1;
  }

  #entry(key: MergeKey): MergeEntry {
    let entry = this.#merges.get(key);
    if (!entry) {
      entry = { scores: new Map(), failures: null };
      this.#merges.set(key, entry);
    }
    return entry;
  }
}

function joined(state: FileState, piece: Uint8Array): Uint8Array {
  return Buffer.concat([...state.rest, piece], state.restLength + piece.length);
}

/** Base64 of little-endian float32, on a machine of any byte order. */
function decodeFloat32(encoded: string): Float32Array {
  const bytes = Buffer.from(encoded, 'base64');
  const values = new Float32Array(perSampleLength(encoded));
  for (let i = 0; i < values.length; i += 1) values[i] = bytes.readFloatLE(4 * i);
  return values;
}
