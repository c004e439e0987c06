/** Plans that grow: what is new in one, and lines that a person asks for. */
import { ProblemError } from '../problem.ts';
import type { MergeKey, Plan, PlanHeader, PlanLine } from '../store/format.ts';
import { makeLine, type Sweep } from './sweep.ts';

export interface Growth {
  /** Distinct merges of the plan. */
  readonly total: number;
  /** Of them, how many the store has. */
  readonly known: number;
  readonly new: number;
}

/** How many merges of a plan are still to be made. */
export function growthOf(plan: Pick<Plan, 'lines'>, known: { has(key: MergeKey): boolean }): Growth {
  const keys = new Set(plan.lines.map((line) => line.key));
  let found = 0;
  for (const key of keys) if (known.has(key)) found += 1;
  return { total: keys.size, known: found, new: keys.size - found };
}

/** A subset that somebody wants measured. */
export interface SubsetRequest {
  readonly size: string;
  /** Index into the header's methods. */
  readonly method: number;
  readonly subset: readonly string[];
}

/**
 * The plan with subsets added by hand, each with every seed of its method. They come right behind the anchors,
 * since somebody waits for them; they weigh nothing in the design, unless the design has them too.
 */
export function requestSubset(plan: Sweep, requests: readonly SubsetRequest[]): Sweep {
  const lines = [...plan.lines];
  const places = new Map(lines.map((line, i) => [line.key, i]));
  const added: PlanLine[] = [];
  for (const request of requests) {
    for (const line of requestedLines(plan, request)) {
      const place = places.get(line.key);
      const there = place === undefined ? undefined : lines[place];
      if (place === undefined) {
        places.set(line.key, -1);
        added.push(line);
      } else if (there && !there.purpose.includes('requested')) {
        lines[place] = { ...there, purpose: [...there.purpose, 'requested'] };
      }
    }
  }
  const anchors = lines.findIndex((line) => !line.purpose.includes('anchor'));
  lines.splice(anchors === -1 ? lines.length : anchors, 0, ...added);
  return { header: plan.header, lines };
}

function requestedLines(plan: Sweep, request: SubsetRequest): PlanLine[] {
  const { size, method } = request;
  const unknown = request.subset.find((expert) => !plan.header.pool.includes(expert));
  if (unknown !== undefined || request.subset.length === 0) throw notASubset(unknown);
  const subset = plan.header.pool.filter((expert) => request.subset.includes(expert));
  return seedsIn(plan, method).map((seed) =>
    makeLine(plan.header, { size, method, subset, seed }, ['requested'], 0),
  );
}

function notASubset(unknown: string | undefined): ProblemError {
  return new ProblemError({
    code: unknown === undefined ? 'empty_subset' : 'unknown_expert',
    message: unknown === undefined ? 'A subset has at least one expert.' : `\`${unknown}\` is not an expert.`,
    fix: 'Name experts of the pool.',
  });
}

/** The seeds that a plan merges a method with. */
function seedsIn(plan: Sweep, method: number): readonly (number | null)[] {
  const seeds = new Set(plan.lines.filter((line) => line.method === method).map((line) => line.seed));
  return seeds.size > 0 ? [...seeds] : [null];
}

/** What was asked for by hand, to be asked for again of a plan that takes this one's place. */
export function requestsOf(plan: Pick<Plan, 'lines'>): SubsetRequest[] {
  return plan.lines.flatMap(({ purpose, size, method, subset }) =>
    purpose.includes('requested') && method !== null ? [{ size, method, subset }] : [],
  );
}

/** The plan with another two attempts for failed merges. */
export function retryMerges(plan: Sweep, keys: ReadonlySet<MergeKey>): Sweep {
  return {
    header: plan.header,
    lines: plan.lines.map((line) => (keys.has(line.key) ? { ...line, retry: (line.retry ?? 0) + 1 } : line)),
  };
}

/** Bytes of one result line beside its samples: keys, numbers, device, check. */
const LINE_BYTES = 340;
const FLOAT32_IN_BASE64 = 16 / 3;
const LARGEST_PER_SAMPLE = 1000;

/**
 * Bytes that the results of a plan will take, an upper bound where samples are not known.
 *
 * @param samples by evaluation id
 */
export function expectedResultBytes(
  plan: { readonly header: Pick<PlanHeader, 'evaluations'>; readonly lines: readonly unknown[] },
  samples: Readonly<Record<string, number>> = {},
): number {
  const perMerge = Object.values(plan.header.evaluations).reduce((bytes, evaluation) => {
    const count = Math.min(samples[evaluation] ?? LARGEST_PER_SAMPLE, LARGEST_PER_SAMPLE);
    return bytes + LINE_BYTES + Math.ceil(count * FLOAT32_IN_BASE64);
  }, 0);
  return plan.lines.length * perMerge;
}
