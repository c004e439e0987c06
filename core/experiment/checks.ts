/** What must hold between the parts of a file whose shape is right. */
import { subsetCount } from './combinations.ts';
import type { Path } from './diagnostic.ts';
import { byteCount, kList, parameterCount } from './quantities.ts';
import { type ExperimentFile, LARGEST_EXHAUSTIVE, LARGEST_POOL, type MethodEntry } from './schema.ts';
import { didYouMean, type Finding, fieldName } from './shape.ts';

type Report = (
  path: Path,
  code: string,
  message: string,
  fix: string,
  more?: Partial<Pick<Finding, 'severity' | 'on' | 'suggestion'>>,
) => void;

export function poolOf(file: ExperimentFile): readonly string[] {
  return Array.isArray(file.experts) ? file.experts : Object.keys(file.experts);
}

export function domainsOf(file: ExperimentFile): readonly string[] {
  const { data, domains } = file.evaluation;
  return domains ?? (typeof data === 'string' ? poolOf(file) : Object.keys(data));
}

export function methodNameOf(entry: MethodEntry): string {
  return typeof entry === 'string' ? entry : entry.method;
}

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

function checkModels(file: ExperimentFile, report: Report): void {
  const pool = poolOf(file);
  const listed = Array.isArray(file.experts);
  if (pool.length === 0) {
    report(['experts'], 'no_experts', 'There are no experts to merge.', 'Name at least one expert.');
  }
  if (pool.length > LARGEST_POOL) {
    report(
      ['experts'],
      'pool_too_large',
      `There are ${pool.length} experts; a pool holds at most ${LARGEST_POOL}.`,
      `Leave out ${pool.length - LARGEST_POOL}.`,
      { on: 'key' },
    );
  }
  if (listed) checkDistinct(pool, ['experts'], 'expert', report);
  if (file.base !== undefined && file.sizes !== undefined) {
    report(
      ['base'],
      'base_and_sizes',
      '`base` and `sizes` exclude each other: each size has its own base.',
      'Remove one of them.',
      { on: 'key' },
    );
  } else if (file.base !== undefined) {
    checkSingleBase(file, report);
  } else if (file.sizes !== undefined) {
    checkSizes(file, pool, report);
  } else {
    report(
      [],
      'missing_key',
      '`base` is missing: the model that all experts were fine-tuned from.',
      'Add `base`.',
    );
  }
}

function checkSingleBase(file: ExperimentFile, report: Report): void {
  if (Array.isArray(file.experts)) {
    report(
      ['experts'],
      'expert_sources_missing',
      'With `base`, `experts` must say where each expert comes from.',
      'Write a map such as `math: ./experts/math`, or several `sizes`.',
      { on: 'key' },
    );
    return;
  }
  checkSources(file.base ?? '', file.experts, ['experts'], report);
}

function checkSizes(file: ExperimentFile, pool: readonly string[], report: Report): void {
  const sizes = Object.entries(file.sizes ?? {});
  if (sizes.length === 0) {
    report(['sizes'], 'no_sizes', '`sizes` is empty.', 'Name at least one size, or use `base`.', {
      on: 'key',
    });
  }
  if (!Array.isArray(file.experts)) {
    report(
      ['experts'],
      'expert_sources_doubled',
      'With `sizes`, `experts` is a list of names: each size says where they come from.',
      'Write a list such as `[math, code]`.',
      { on: 'key' },
    );
    return;
  }
  for (const [name, size] of sizes) {
    const path = ['sizes', name, 'experts'];
    if (typeof size.experts !== 'string') {
      checkExpertMap(size.experts, pool, path, report);
      checkSources(size.base, size.experts, path, report);
    } else if (!size.experts.includes('{expert}') && pool.length > 1) {
      report(
        path,
        'expert_pattern',
        `\`${size.experts}\` would be the same model for every expert.`,
        "Put `{expert}` where the expert's name belongs.",
      );
    }
  }
}

function checkExpertMap(
  experts: Readonly<Record<string, string>>,
  pool: readonly string[],
  path: Path,
  report: Report,
): void {
  for (const name of Object.keys(experts)) checkKnown(name, pool, 'expert', [...path, name], report, 'key');
  const missing = pool.filter((name) => !Object.hasOwn(experts, name));
  if (missing.length > 0) {
    report(
      path,
      'expert_missing',
      `${fieldName(path)} lacks ${quoted(missing)}.`,
      'Every size has all experts: add them, or take them out of `experts`.',
      { on: 'key' },
    );
  }
}

function checkSources(
  base: string,
  experts: Readonly<Record<string, string>>,
  path: Path,
  report: Report,
): void {
  const seen = new Map([[plainSource(base), 'the base']]);
  for (const [name, source] of Object.entries(experts)) {
    const other = seen.get(plainSource(source));
    if (other !== undefined) {
      report(
        [...path, name],
        'expert_duplicate',
        `The expert \`${name}\` is the same model as ${other}: \`${source}\`.`,
        'Give it a model of its own, or remove it.',
      );
    }
    seen.set(plainSource(source), `\`${name}\``);
  }
}

/** `./a`, `./a/` and `a/./` name one folder. */
function plainSource(source: string): string {
  return source.replace(/\/+$/, '').replaceAll('/./', '/');
}

function checkMethods(file: ExperimentFile, report: Report): void {
  const seen = new Set<string>();
  file.methods.forEach((entry, i) => {
    const spec = typeof entry === 'string' ? null : entry;
    if (spec && 'scale' in spec && spec.scale === 'tuned') {
      report(
        ['methods', i, 'scale'],
        'scale_tuned_later',
        '`scale: tuned`, the search for the step length, comes in a later version.',
        'Write a number.',
      );
    }
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
    if (seen.has(identity)) {
      report(
        ['methods', i],
        'method_duplicate',
        `${methodNameOf(entry)} is there twice with the same parameters.`,
        'Remove one, or change a parameter.',
      );
    }
    seen.add(identity);
  });
}

/** A method as the key sees it, whatever was left out. */
function withDefaults(entry: MethodEntry): unknown {
  const spec = typeof entry === 'string' ? METHOD_DEFAULTS[entry] : entry;
  return Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Each method with nothing said about it. */
export const METHOD_DEFAULTS = {
  average: { method: 'average', compatibility: 'none' },
  task_arithmetic: { method: 'task_arithmetic', scale: 1, normalize: true, compatibility: 'none' },
  ties: { method: 'ties', scale: 1, density: 1, trim_scope: 'tensor', compatibility: 'none' },
  dare: { method: 'dare', drop_rate: 0.2, seeds: [0], compatibility: 'none' },
  dare_ties: { method: 'dare_ties', drop_rate: 0.2, seeds: [0], scale: 1, compatibility: 'none' },
} as const;

function checkEvaluation(file: ExperimentFile, report: Report): void {
  const { data, domains, downstream } = file.evaluation;
  const all = domainsOf(file);
  if (domains) checkDistinct(domains, ['evaluation', 'domains'], 'domain', report);
  if (typeof data !== 'string') {
    if (Object.keys(data).length === 0) {
      report(
        ['evaluation', 'data'],
        'no_domains',
        'There is nothing to score.',
        'Name at least one data file.',
      );
    }
    domains?.forEach((domain, i) => {
      checkKnown(domain, Object.keys(data), 'domain', ['evaluation', 'domains', i], report);
    });
  } else if (!data.includes('{domain}') && all.length > 1) {
    report(
      ['evaluation', 'data'],
      'data_pattern',
      `\`${data}\` would be the same data for each of ${all.length} domains.`,
      'Put `{domain}` where the name of the domain belongs, or name one domain under `domains`.',
    );
  }
  if (downstream.length > 0) {
    report(
      ['evaluation', 'downstream'],
      'downstream_later',
      'Downstream tasks are not scored by this version; the sweep goes on without them.',
      'Nothing needs to change.',
      { severity: 'warning', on: 'key' },
    );
  }
}

function checkSweep(file: ExperimentFile, report: Report): void {
  const size = poolOf(file).length;
  const written = file.sweep.k ?? `1..${size}`;
  const k = kList(written);
  if (k.length === 0) {
    report(['sweep', 'k'], 'k_empty', `\`${String(written)}\` holds no k.`, 'Write the smaller end first.');
  }
  const outside = k.filter((each) => each < 1 || each > size);
  if (outside.length > 0) {
    const at = Array.isArray(written) ? ['sweep', 'k', written.indexOf(outside[0] ?? 0)] : ['sweep', 'k'];
    report(
      at,
      'k_outside_pool',
      `k = ${outside.join(', ')} is outside the pool of ${size} ${size === 1 ? 'expert' : 'experts'}.`,
      size === 1 ? 'Write 1.' : `Stay within 1..${size}.`,
    );
    return;
  }
  checkSubsets(file, size, k, report);
}

function checkSubsets(file: ExperimentFile, size: number, k: readonly number[], report: Report): void {
  const { subsets } = file.sweep;
  if (subsets === 'all') {
    const count = subsetCount(size, k);
    if (count > BigInt(LARGEST_EXHAUSTIVE)) {
      report(
        ['sweep', 'subsets'],
        'too_many_subsets',
        `\`all\` means ${count.toLocaleString('en-US')} merges for each method and size; at most ${LARGEST_EXHAUSTIVE.toLocaleString('en-US')} are made.`,
        'Write a number for each k, or `{permutations: 15}`.',
      );
    }
  } else if (typeof subsets === 'object' && 'precision' in subsets) {
    report(
      ['sweep', 'subsets'],
      'precision_later',
      '`precision`, merging until the curve is known well enough, comes in a later version.',
      'Write `all`, a number for each k, or `{permutations: 15}`.',
    );
  }
}

function checkGoals(file: ExperimentFile, report: Report): void {
  const { goals } = file;
  const pool = poolOf(file);
  const rules = (['within', 'return', 'epsilon'] as const).filter((rule) => goals[rule] !== undefined);
  for (const rule of rules.slice(1)) {
    report(
      ['goals', rule],
      'goals_exclusive',
      `\`${rule}\` and \`${rules[0]}\` are both goals; an experiment has one.`,
      'Remove one of them.',
      { on: 'key' },
    );
  }
  const domains = domainsOf(file);
  for (const domain of Object.keys(goals.weights)) {
    checkKnown(domain, domains, 'domain', ['goals', 'weights', domain], report, 'key');
  }
  if (domains.length > 0 && domains.every((domain) => goals.weights[domain] === 0)) {
    report(
      ['goals', 'weights'],
      'weights_zero',
      'Every domain has weight 0: nothing is left to judge by.',
      'Give at least one domain a positive weight.',
      { on: 'key' },
    );
  }
  checkConstraints(file, pool, report);
  if (goals.method !== undefined) {
    const known = file.methods.map(methodNameOf);
    checkKnown(goals.method, known, 'method of this experiment', ['goals', 'method'], report);
  }
  checkSizeName(file, goals.size, ['goals', 'size'], report);
}

function checkConstraints(file: ExperimentFile, pool: readonly string[], report: Report): void {
  const { must_include: include, must_exclude: exclude, pick } = file.goals;
  checkMembers(include, pool, ['goals', 'must_include'], report);
  checkMembers(exclude, pool, ['goals', 'must_exclude'], report);
  include.forEach((expert, i) => {
    if (!exclude.includes(expert)) return;
    report(
      ['goals', 'must_include', i],
      'constraints_conflict',
      `\`${expert}\` is both in \`must_include\` and in \`must_exclude\`.`,
      'Remove it from one of them.',
    );
  });
  const left = pool.filter((expert) => !exclude.includes(expert)).length;
  if (pool.length > 0 && left === 0) {
    report(['goals', 'must_exclude'], 'constraints_conflict', 'No expert is left.', 'Exclude fewer.', {
      on: 'key',
    });
  }
  if (pick === undefined) return;
  const path = ['goals', 'pick'];
  if (pick > left) {
    const why = left < pool.length ? ` when ${pool.length - left} are excluded` : '';
    report(
      path,
      'pick_outside_pool',
      `${pick} experts cannot be picked of ${left}${why}.`,
      `Pick at most ${left}.`,
    );
  } else if (include.length > pick) {
    report(
      path,
      'constraints_conflict',
      `A subset of ${pick} cannot hold the ${include.length} of \`must_include\`.`,
      `Pick at least ${include.length}.`,
    );
  }
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

function checkMerge(file: ExperimentFile, report: Report): void {
  const { merge } = file;
  if (!merge) return;
  const pool = poolOf(file);
  if (merge.subset && merge.weights) {
    report(
      ['merge', 'weights'],
      'merge_subset_and_weights',
      '`subset` and `weights` exclude each other.',
      'Remove one of them.',
      { on: 'key' },
    );
  }
  if (merge.subset) checkMembers(merge.subset, pool, ['merge', 'subset'], report);
  for (const expert of Object.keys(merge.weights ?? {})) {
    checkKnown(expert, pool, 'expert', ['merge', 'weights', expert], report, 'key');
  }
  checkSizeName(file, merge.size, ['merge', 'size'], report);
}

function checkMembers(members: readonly string[], pool: readonly string[], path: Path, report: Report): void {
  members.forEach((expert, i) => {
    checkKnown(expert, pool, 'expert', [...path, i], report);
  });
  checkDistinct(members, path, 'expert', report);
}

function checkSizeName(file: ExperimentFile, name: string | undefined, path: Path, report: Report): void {
  if (name === undefined) return;
  if (file.sizes) checkKnown(name, Object.keys(file.sizes), 'size', path, report);
  else report(path, 'no_sizes', 'This experiment has a single size.', 'Remove `size`.');
}

function checkDistinct(names: readonly string[], path: Path, what: string, report: Report): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) === i) return;
    report(
      [...path, i],
      `${what}_duplicate`,
      `The ${what} \`${name}\` is there twice.`,
      'Remove one of them.',
    );
  });
}

function checkKnown(
  name: string,
  known: readonly string[],
  what: string,
  path: Path,
  report: Report,
  on: 'key' | 'value' = 'value',
): void {
  if (known.includes(name)) return;
  const suggestion = didYouMean(name, known);
  const hint = suggestion ? ` Did you mean \`${suggestion}\`?` : '';
  const code = `unknown_${what.split(' ')[0]}`;
  const fix = suggestion ? `Write \`${suggestion}\`.` : `Known are ${quoted(known)}.`;
  report(path, code, `\`${name}\` is not a ${what}.${hint}`.replace(' a expert', ' an expert'), fix, {
    on,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `\`${name}\``);
  return names.length > 12 ? `${shown.join(', ')} and ${names.length - 12} more` : shown.join(', ');
}
