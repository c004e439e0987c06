/** What is asked of the sweep: goals, constraints, and the model to write. */
import { checkKnown, checkMembers, type Report } from './check-names.ts';
import type { Path } from './diagnostic.ts';
import { domainsOf, methodNameOf, poolOf } from './parts.ts';
import type { ExperimentFile } from './schema.ts';

export function checkGoals(file: ExperimentFile, report: Report): void {
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

export function checkMerge(file: ExperimentFile, report: Report): void {
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
  if (merge.method && merge.weights) {
    report(
      ['merge', 'method'],
      'merge_method_unused',
      'Weights are multiples of task vectors, whatever the method: `method` is not used.',
      'Remove it, or name a `subset` for it.',
      { on: 'key', severity: 'warning' },
    );
  }
  if (merge.weights && Object.values(merge.weights).every((weight) => weight === 0)) {
    report(
      ['merge', 'weights'],
      'merge_weights_zero',
      'No expert has a weight: that is the base.',
      'Give one the multiple of its task vector, e.g. `{ NAME: 0.5 }`.',
      { on: 'key' },
    );
  }
  if (merge.subset) checkMembers(merge.subset, pool, ['merge', 'subset'], report);
  for (const expert of Object.keys(merge.weights ?? {})) {
    checkKnown(expert, pool, 'expert', ['merge', 'weights', expert], report, 'key');
  }
  checkSizeName(file, merge.size, ['merge', 'size'], report);
}

function checkSizeName(file: ExperimentFile, name: string | undefined, path: Path, report: Report): void {
  if (name === undefined) return;
  if (file.sizes) checkKnown(name, Object.keys(file.sizes), 'size', path, report);
  else report(path, 'no_sizes', 'This experiment has a single size.', 'Remove `size`.');
}
