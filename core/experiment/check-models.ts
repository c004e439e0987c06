/** Base, sizes and experts: each model is said once, and every size has all experts. */
import { checkDistinct, checkKnown, quoted, type Report } from './check-names.ts';
import type { Path } from './diagnostic.ts';
import { poolOf } from './parts.ts';
import { type ExperimentFile, LARGEST_POOL } from './schema.ts';
import { fieldName } from './shape.ts';
import { plainSource } from './source.ts';

export function checkModels(file: ExperimentFile, report: Report): void {
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
      { lacks: ['base', 'sizes'] },
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
