/**
 * Merges beyond the sweep: subsets that a person asked for, and follow-ups that measure what was only foretold. They are
 * lines of the plan, and are asked for again of the plan that takes its place.
 */
import { ProblemError } from '../problem.ts';
import { digest } from '../store/canonical.ts';
import type { Plan, PlanHeader, PlanLine, PlanSize } from '../store/format.ts';
import { mergeKey } from '../store/keys.ts';
import type { MergeRequest, RequestPurpose, SubsetRequest } from './merge-request.ts';
import { makeLine } from './plan-line.ts';
import type { Sweep } from './sweep.ts';

const PURPOSES: readonly RequestPurpose[] = ['requested', 'verify'];

/**
 * The plan with these merges added. They come right behind the anchors, since somebody waits for them, and weigh nothing
 * in the design: what the design has too keeps its own line, at its place in the draw.
 *
 * @throws ProblemError `unknown_expert`, `empty_subset`
 */
export function requestMerges(plan: Sweep, requests: readonly MergeRequest[]): Sweep {
  const lines = [...plan.lines];
  const isAnchor = ({ purpose }: PlanLine) => purpose.includes('anchor');
  const places = new Map(
    lines.flatMap((line, i) => (isAnchor(line) || isRequest(line) ? [[line.key, i] as const] : [])),
  );
  const added: PlanLine[] = [];
  for (const request of requests) {
    for (const line of requestedLines(plan, request)) {
      const place = places.get(line.key);
      const there = place === undefined ? undefined : lines[place];
      if (place === undefined) {
        places.set(line.key, -1);
        added.push(line);
      } else if (there && !there.purpose.includes(request.purpose)) {
        lines[place] = { ...there, purpose: [...there.purpose, request.purpose] };
      }
    }
  }
  const anchors = lines.findIndex((line) => !isAnchor(line));
  lines.splice(anchors === -1 ? lines.length : anchors, 0, ...added);
  return { header: plan.header, lines };
}

function requestedLines(plan: Sweep, request: MergeRequest): PlanLine[] {
  const { header } = plan;
  const { size, purpose } = request;
  const named = 'weights' in request ? Object.keys(request.weights) : request.subset;
  const unknown = named.find((expert) => !header.pool.includes(expert));
  if (unknown !== undefined || named.length === 0) throw notASubset(unknown);
  const subset = header.pool.filter((expert) => named.includes(expert));
  if ('weights' in request)
    return [
      weightsLine(
        header,
        size,
        subset,
        subset.map((name) => request.weights[name] ?? 0),
        purpose,
      ),
    ];
  const { method } = request;
  return seedsIn(plan, method).map((seed) => makeLine(header, { size, method, subset, seed }, [purpose], 0));
}

function weightsLine(
  header: PlanHeader,
  size: string,
  subset: readonly string[],
  weights: readonly number[],
  purpose: RequestPurpose,
): PlanLine {
  const { embeddings, dtype } = header;
  const models = header.sizes[size];
  const experts = subset.flatMap((name) => models?.experts[name]?.fingerprint ?? []);
  if (!models || experts.length < subset.length) throw new TypeError(`The plan's header lacks size ${size}.`);
  const { fingerprint: base } = models.base;
  const key = mergeKey({ base, experts, weights, method: null, seed: null, embeddings, dtype });
  return { key, size, method: null, subset, weights, seed: null, purpose: [purpose], draws: 0 };
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

/**
 * What was asked for beyond a plan's sweep, for a plan that takes its place: models are known by their fingerprints,
 * methods by their parameters. What the other plan has no models or method for is left out.
 */
export function requestsOf(plan: Pick<Plan, 'header' | 'lines'>, next: PlanHeader): MergeRequest[] {
  const asked = plan.lines.filter(isRequest);
  if (asked.length === 0) return [];
  const methods = next.methods.map((method) => digest(method));
  const names = new Map(Object.entries(next.sizes).map(([size, models]) => [size, namesOf(models)]));
  const seen = new Set<string>();
  return asked.flatMap((line) => {
    const models = plan.header.sizes[line.size];
    const size = Object.keys(next.sizes).find(
      (name) => next.sizes[name]?.base.fingerprint === models?.base.fingerprint,
    );
    const subset = line.subset.flatMap(
      (name) => names.get(size ?? '')?.get(models?.experts[name]?.fingerprint ?? '') ?? [],
    );
    if (size === undefined || subset.length < line.subset.length) return [];
    const made = PURPOSES.filter((purpose) => line.purpose.includes(purpose)).flatMap((purpose) =>
      asRequest({ purpose, size, subset }, line, plan.header, methods),
    );
    // A random method has a line for each seed, and one request for them all.
    return made.filter((request) => {
      const name = JSON.stringify(request);
      return seen.has(name) ? false : seen.add(name);
    });
  });
}

export function isRequest({ purpose }: Pick<PlanLine, 'purpose'>): boolean {
  return PURPOSES.some((own) => purpose.includes(own));
}

function asRequest(
  known: Omit<SubsetRequest, 'method'>,
  line: PlanLine,
  header: PlanHeader,
  methods: readonly string[],
): MergeRequest[] {
  const { purpose, size, subset } = known;
  if (line.weights) {
    const weights = Object.fromEntries(subset.map((name, i) => [name, line.weights?.[i] ?? 0]));
    return [{ purpose, size, weights }];
  }
  const method = line.method === null ? -1 : methods.indexOf(digest(header.methods[line.method]));
  return method < 0 ? [] : [{ ...known, method }];
}

/** Expert names by fingerprint. */
function namesOf({ experts }: PlanSize): ReadonlyMap<string, string> {
  return new Map(Object.entries(experts).map(([name, { fingerprint }]) => [fingerprint, name]));
}
