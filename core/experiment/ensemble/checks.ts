/** What must hold between the parts of an ensemble whose shape is right. */
import { bytes } from '../../../words/units.ts';
import { checkData } from '../check-data.ts';
import { checkKnown, type Report } from '../check-names.ts';
import { byteCount, parameterCount } from '../quantities.ts';
import type { Finding } from '../shape.ts';
import { plainSource } from '../source.ts';
import { domainsOf, modelOf } from './parts.ts';
import { type EnsembleFile, LARGEST_ENSEMBLE } from './schema.ts';

export function checkEnsemble(file: EnsembleFile): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (path, code, message, fix, more) =>
    findings.push({ severity: 'error', on: 'value', ...more, code, message, fix, path });
  checkCount(file, report);
  checkSources(file, report);
  checkNulls(file, report);
  checkMerges(file, report);
  checkDomains(file, report);
  checkPool(file, report);
  return findings;
}

function checkCount(file: EnsembleFile, report: Report): void {
  const count = Object.keys(file.models).length;
  const path = ['models'];
  if (count < 2) {
    const message = 'An ensemble has at least two models.';
    report(path, 'too_few_models', message, 'Name another one.', { on: 'key' });
  } else if (count > LARGEST_ENSEMBLE) {
    const message = `There are ${count} models; an ensemble has at most ${LARGEST_ENSEMBLE}.`;
    report(path, 'pool_too_large', message, `Leave out ${count - LARGEST_ENSEMBLE}.`, { on: 'key' });
  }
}

function checkSources({ models }: EnsembleFile, report: Report): void {
  const seen = new Map<string, string>();
  for (const [name, written] of Object.entries(models)) {
    const { source } = modelOf(written);
    const other = seen.get(plainSource(source));
    if (other !== undefined) {
      const path = typeof written === 'string' ? ['models', name] : ['models', name, 'model'];
      const message = `\`${name}\` is the same model as \`${other}\`: \`${source}\`.`;
      report(path, 'model_duplicate', message, 'Give it a model of its own, or remove it.');
    } else seen.set(plainSource(source), name);
  }
}

/** Copies name an original: a model that is no copy itself. */
function checkNulls({ models }: EnsembleFile, report: Report): void {
  const names = Object.keys(models);
  for (const [name, written] of Object.entries(models)) {
    const { null_of: original } = modelOf(written);
    if (original === null && typeof written !== 'string' && written.null_kind !== undefined) {
      const message = `\`${name}\` has a \`null_kind\` but no \`null_of\`.`;
      report(['models', name, 'null_kind'], 'null_kind_alone', message, 'Name its original with `null_of`.');
    }
    if (original === null) continue;
    const path = ['models', name, 'null_of'];
    const others = names.filter((other) => other !== name);
    if (original === name) {
      const message = `\`${name}\` cannot be a reseed or quantisation of itself.`;
      report(path, 'null_of_itself', message, 'Name another model.');
    } else if (!others.includes(original)) {
      checkKnown(original, others, 'model of this ensemble', path, report);
    } else {
      const { null_of: first, merge_of: merged } = modelOf(models[original] ?? '');
      if (merged !== null)
        report(
          path,
          'null_of_merge',
          `\`${original}\` is a merge, which is in no pool.`,
          'Name a model of the pool.',
        );
      if (first === null || !names.includes(first)) continue;
      const message = `\`${original}\` is itself a reseed or quantisation, of \`${first}\`.`;
      report(path, 'null_of_null', message, `Write \`${first}\`.`, { suggestion: first });
    }
  }
}

/** Merges name what they are of: models that are neither merges nor copies. */
function checkMerges({ models }: EnsembleFile, report: Report): void {
  const pool = Object.keys(models).filter((name) => isPlain(models[name]));
  for (const [name, written] of Object.entries(models)) {
    const { null_of, merge_of } = modelOf(written);
    if (merge_of === null) continue;
    if (null_of !== null) {
      const message = `\`${name}\` cannot be both a merge and a copy.`;
      report(['models', name, 'merge_of'], 'merge_of_null', message, 'Keep `merge_of` or `null_of`.');
    }
    for (const [i, member] of merge_of.entries())
      if (!pool.includes(member))
        checkKnown(member, pool, 'model that a merge can be of', ['models', name, 'merge_of', i], report);
  }
  if (pool.length > 0 || Object.keys(models).length < 2) return;
  const message = 'Every model is a merge or a copy: there is no pool.';
  report(['models'], 'too_few_models', message, 'Name a model that is neither.', { on: 'key' });
}

function isPlain(written: EnsembleFile['models'][string] | undefined): boolean {
  const { null_of, merge_of } = modelOf(written ?? '');
  return null_of === null && merge_of === null;
}

function checkDomains({ evaluation }: EnsembleFile, report: Report): void {
  if (typeof evaluation.data === 'string' && evaluation.domains === undefined) {
    const message = '`domains` is missing: the names that `{domain}` of `data` stands for.';
    report(['evaluation'], 'missing_key', message, 'Add `domains: [...]`, or make `data` a map.', {
      on: 'key',
      lacks: ['domains'],
    });
    return;
  }
  checkData(evaluation, domainsOf(evaluation), report);
}

/** Of weights: fewer are a number whose unit was forgotten. */
const LEAST_BYTES = 10_000;

function checkPool({ models, pool }: EnsembleFile, report: Report): void {
  const count = Object.keys(models).length;
  if (pool.k !== undefined && pool.k > count) {
    const message = `A pool of ${pool.k} cannot be taken from ${count} models.`;
    report(['pool', 'k'], 'k_outside_pool', message, `Write at most ${count}.`);
  }
  if (pool.parameters !== undefined && !((parameterCount(pool.parameters) ?? 0) > 0)) {
    report(['pool', 'parameters'], 'wrong_value', 'This is no number of parameters.', 'Write e.g. `14B`.');
  }
  const memory = pool.memory === undefined ? null : byteCount(pool.memory);
  if (pool.memory !== undefined && !((memory ?? 0) > 0)) {
    report(['pool', 'memory'], 'wrong_value', 'This is no amount of memory.', 'Write e.g. `80GB`.');
  } else if (memory !== null && memory < LEAST_BYTES) {
    const message = `\`${pool.memory}\` is ${bytes(memory)}, less than any model takes.`;
    report(['pool', 'memory'], 'wrong_value', message, 'Write a unit, e.g. `80MB` or `80GB`.');
  }
}
