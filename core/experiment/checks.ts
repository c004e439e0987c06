/** What must hold between the parts of a file whose shape is right. */
import { checkData } from './check-data.ts';
import { checkDownstream } from './check-downstream.ts';
import { checkGoals, checkMerge } from './check-goals.ts';
import { checkModels } from './check-models.ts';
import { checkDistinct, type Report } from './check-names.ts';
import { checkPrecision } from './check-precision.ts';
import { combinations, subsetCount } from './combinations.ts';
import { domainsOf, METHOD_DEFAULTS, methodNameOf, poolOf } from './parts.ts';
import { byteCount, kList, parameterCount } from './quantities.ts';
import {
  DEFAULT_EXHAUSTIVE,
  DEFAULT_PERMUTATIONS,
  type ExperimentFile,
  LARGEST_EXHAUSTIVE,
  LARGEST_PLAN,
  LARGEST_POOL,
  type MethodEntry,
} from './schema.ts';
import type { Finding } from './shape.ts';

export function checkParts(file: ExperimentFile): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (path, code, message, fix, more) =>
    findings.push({ severity: 'error', on: 'value', ...more, code, message, fix, path });
  checkModels(file, report);
  checkMethods(file, report);
  checkEvaluation(file, report);
  checkSweep(file, report);
  checkGoals(file, report);
  checkReferences(file, report);
  checkBudget(file, report);
  checkMerge(file, report);
  return findings;
}

function checkMethods(file: ExperimentFile, report: Report): void {
  const seen = new Set<string>();
  const tuned = new Set<string>();
  file.methods.forEach((entry, i) => {
    const spec = typeof entry === 'string' ? null : entry;
    if (spec && 'seeds' in spec && new Set(spec.seeds).size < spec.seeds.length) {
      report(
        ['methods', i, 'seeds'],
        'seed_repeated',
        'The same seed twice is the same merge twice.',
        'Write each seed once.',
      );
    }
    if (spec?.compatibility === 'mergekit') {
      report(
        ['methods', i],
        'compatibility_in_sweep',
        `\`compatibility: mergekit\` depends on the order of the experts; ${spec.method} is shown, but makes no law claims.`,
        'Remove `compatibility` to have it in the law.',
        { severity: 'warning' },
      );
    }
    const identity = JSON.stringify(withDefaults(entry));
    const isTuned = spec !== null && 'scale' in spec && spec.scale === 'tuned';
    if (seen.has(identity)) {
      report(
        ['methods', i],
        'method_duplicate',
        `${methodNameOf(entry)} is there twice with the same parameters${isTuned || tuned.has(identity) ? ' (`tuned` is merged at scale 1 too)' : ''}.`,
        'Remove one, change a parameter, or put all seeds into one list.',
      );
    }
    seen.add(identity);
    if (isTuned) tuned.add(identity);
  });
}

/** A method as the key sees it, whatever was left out; seeds are merges of their own, and a tuned method is swept at 1. */
function withDefaults(entry: MethodEntry): unknown {
  const spec = typeof entry === 'string' ? METHOD_DEFAULTS[entry] : entry;
  return Object.entries(spec)
    .filter(([field]) => field !== 'seeds')
    .map(([field, value]) => [field, value === 'tuned' ? 1 : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function checkEvaluation(file: ExperimentFile, report: Report): void {
  checkData(file.evaluation, domainsOf(file), report);
  checkDownstream(file, report);
}

function checkSweep(file: ExperimentFile, report: Report): void {
  const size = poolOf(file).length;
  if (size === 0 || size > LARGEST_POOL) return;
  const written = file.sweep.k ?? `1..${size}`;
  const k = kList(written);
  if (k.length === 0) {
    report(['sweep', 'k'], 'k_empty', `\`${String(written)}\` holds no k.`, 'Write the smaller end first.');
  }
  const outside = k.filter((each) => each < 1 || each > size);
  if (outside.length > 0) {
    const at = Array.isArray(written) ? ['sweep', 'k', written.indexOf(outside[0] ?? 0)] : ['sweep', 'k'];
    const named = outside.length > 5 ? `${outside.slice(0, 5).join(', ')}, ...` : outside.join(', ');
    report(
      at,
      'k_outside_pool',
      `k = ${named} is outside the pool of ${size} ${size === 1 ? 'expert' : 'experts'}.`,
      size === 1 ? 'Write 1.' : `Stay within 1..${size}.`,
    );
    return;
  }
  checkSubsets(file, size, k, report);
}

function checkSubsets(file: ExperimentFile, size: number, k: readonly number[], report: Report): void {
  const { subsets } = file.sweep;
  if (typeof subsets === 'object' && 'precision' in subsets) checkPrecision(subsets, size, k, report);
  const count = plannedSubsets(subsets, size, k);
  if (count > BigInt(LARGEST_EXHAUSTIVE)) {
    report(
      ['sweep', 'subsets'],
      'too_many_subsets',
      `\`${subsets === 'all' ? 'all' : String(subsets)}\` means ${grouped(count)} merges for each method and size; at most ${grouped(LARGEST_EXHAUSTIVE)} are made.`,
      subsets === 'all' ? 'Write a number for each k, or `{permutations: 15}`.' : 'Write a smaller number.',
    );
    return;
  }
  const cells = seedCount(file) * Object.keys(file.sizes ?? { only: 1 }).length;
  if (count * BigInt(cells) > BigInt(LARGEST_PLAN)) {
    report(
      ['sweep'],
      'too_many_merges',
      `${grouped(count)} subsets for ${cells} methods, seeds and sizes are ${grouped(count * BigInt(cells))} merges; a plan holds at most ${grouped(LARGEST_PLAN)}.`,
      'Ask for fewer subsets, methods, seeds or sizes.',
      { on: 'key' },
    );
  }
}

/** Subsets that one method of one size merges, an upper bound for permutations. */
function plannedSubsets(
  subsets: ExperimentFile['sweep']['subsets'],
  size: number,
  k: readonly number[],
): bigint {
  const all = subsetCount(size, k);
  if (subsets === 'all') return all;
  if (typeof subsets === 'number') {
    return k.reduce((sum, each) => {
      const there = combinations(size, each);
      return sum + (there < BigInt(subsets) ? there : BigInt(subsets));
    }, 0n);
  }
  if (typeof subsets === 'object' && 'precision' in subsets) {
    const atMost = BigInt(subsets.at_most ?? DEFAULT_EXHAUSTIVE);
    return atMost < all ? atMost : all;
  }
  const orders = typeof subsets === 'object' ? subsets.permutations : 0;
  const met = BigInt((orders || DEFAULT_PERMUTATIONS) * k.length + size);
  return met < all ? met : all;
}

function seedCount(file: ExperimentFile): number {
  return file.methods.reduce((sum, entry) => {
    return sum + (typeof entry === 'object' && 'seeds' in entry ? entry.seeds.length : 1);
  }, 0);
}

function grouped(count: bigint | number): string {
  return count.toLocaleString('en-US');
}

function checkReferences(file: ExperimentFile, report: Report): void {
  checkDistinct(
    file.references.map((reference) => reference.name),
    ['references'],
    'reference',
    report,
  );
  file.references.forEach((reference, i) => {
    if ((reference.loss === undefined) !== (reference.model === undefined)) return;
    report(
      ['references', i],
      'reference_source',
      `The reference \`${reference.name}\` needs either a \`loss\` or a \`model\`.`,
      reference.loss === undefined ? 'Add one of them.' : 'Remove one of them.',
    );
  });
}

function checkBudget(file: ExperimentFile, report: Report): void {
  const { max_parameters, memory } = file.budget ?? {};
  if (max_parameters !== undefined && !((parameterCount(max_parameters) ?? 0) > 0)) {
    report(
      ['budget', 'max_parameters'],
      'wrong_value',
      'This is no number of parameters.',
      'Write e.g. `14B`.',
    );
  }
  if (memory !== undefined && !((byteCount(memory) ?? 0) > 0)) {
    report(['budget', 'memory'], 'wrong_value', 'This is no amount of memory.', 'Write e.g. `80GB`.');
  }
}
