import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { withTaskVectors } from '../../core/geometry/preflight.ts';
import type { Prepared } from '../../core/store/format.ts';
import { diagnostics, type EditorDiagnostic } from '../../extension/language/diagnostics.ts';
import type { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { FileExistence } from '../../extension/language/file-existence.ts';
import { namedFiles } from '../../extension/language/named-files.ts';
import { edited, measured, planState, preparedOf, retyped, SAMPLE_FOLDER, sample, World } from './edited.ts';

const roots = { folder: '/lab', home: '/home/somebody' };
const nothing = { ...roots, exists: new Map<string, boolean>(), statistical: true };
const world = new World({ seed: 7, experts: 4, domains: 2, samples: 20 });

/** `severity code «underlined»` of each. */
function told(file: EditedExperiment, options = nothing): string[] {
  return diagnostics(file, options).map(({ severity, code, range }) =>
    [severity, code, `«${file.lines.slice(range)}»`].join(' '),
  );
}

function withProblems(problems: Prepared['problems'], warnings: Prepared['warnings'] = []) {
  const text = sample('nine-domains');
  const prepared = preparedOf(parseExperiment(text).experiment ?? raise());
  return edited(text, { prepared: { ...prepared, problems, warnings } });
}

const problem = (code: string, more: object = {}) => ({
  code,
  message: `${code}.`,
  fix: 'Mend it.',
  ...more,
});

describe('what the text says wrongly', () => {
  it('is underlined exactly, with what was probably meant', () => {
    const [found] = diagnostics(
      edited('bsae: ./x\nexperts: { a: ./y }\nevaluation: { data: ./d.json }\n'),
      nothing,
    );
    expect(found).toMatchObject({ code: 'unknown_key', suggestion: 'base', severity: 'error' });
    expect(found?.range).toEqual({ start: { line: 1, column: 1 }, end: { line: 1, column: 5 } });
    // The fix would only say it again.
    expect(found?.message).toBe('"bsae" is not a key of an experiment. Did you mean "base"?');
  });

  it('says what to do where it does not say so already', () => {
    const [found] = diagnostics(edited('base: ./x\nexperts: { a: ./y }\nevaluation: { data: 3 }\n'), nothing);
    expect(found?.message).toMatch(/^"evaluation\.data" must be .*\nWrite .*$/);
  });

  it('has a character to underline, also at the end of the text', () => {
    const [found] = diagnostics(edited('base: {\n'), nothing);
    expect(found?.range).toEqual({ start: { line: 1, column: 7 }, end: { line: 1, column: 8 } });
  });
});

describe('what models and data are found to be', () => {
  it('stands where they are named', () => {
    const file = withProblems(
      [
        problem('model_missing', { model: 'default/expert/code' }),
        problem('pickle_refused', { model: 'default/base' }),
        problem('data_missing', { domain: 'physics' }),
      ],
      [problem('experts_identical', { model: 'default/expert/biology' }), problem('memory_too_small')],
    );
    expect(told(file)).toEqual([
      'error model_missing «./models/S/code»',
      'error pickle_refused «./models/S/base»',
      'error data_missing «./eval/{domain}.json»',
      'warning experts_identical «./models/S/biology»',
      'warning memory_too_small «sweep»',
    ]);
  });

  it('stands at the expert whose task vector is odd', () => {
    const text = sample('nine-domains');
    const experiment = parseExperiment(text).experiment ?? raise();
    const warning = { code: 'experts_alike', message: 'it is alike.', fix: 'Look.' } as const;
    const geometry = new Map([
      [
        'default',
        {
          ...{ experts: [], cosines: [], conflicts: [], coordinates: 1, sampled: 1 },
          warnings: [{ ...warning, expert: experiment.pool.indexOf('biology') }],
        },
      ],
    ]);
    const prepared = withTaskVectors(preparedOf(experiment), experiment.pool, geometry);
    expect(told(edited(text, { prepared }))).toEqual(['warning experts_alike «./models/S/biology»']);
  });

  it('stands at the pattern of its size where there are sizes, and at the reference', () => {
    const text = `${sample('sizes')}references:\n  - { name: other, model: ./other }\n`;
    const prepared = preparedOf(parseExperiment(text).experiment ?? raise());
    const problems = [
      problem('model_missing', { model: 'M/expert/code' }),
      problem('model_missing', { model: 'L/base' }),
      problem('model_missing', { model: 'reference/other' }),
    ];
    expect(told(edited(text, { prepared: { ...prepared, problems } }))).toEqual([
      'error model_missing «"./models/M/{expert}"»',
      'error model_missing «./models/L/base»',
      'error model_missing «./other»',
    ]);
  });

  it('stands at the experts where the text names it no more', () => {
    const file = withProblems([problem('model_missing', { model: 'default/expert/gone' })]);
    expect(told(file)).toEqual(['error model_missing «experts»']);
  });

  it('tells of a disk that is too small', () => {
    const plan = planState({ estimate: { ...planState().estimate, disk_bytes: 5e9, free_disk_bytes: 1e9 } });
    const [found] = diagnostics(edited(sample('nine-domains'), { plan }), nothing);
    expect(found?.message).toContain('need about 5.0 GB; the disk has 1.0 GB free');
  });
});

describe('missing files', () => {
  it('are told once for each place, and only once they were looked for', () => {
    const file = edited(sample('nine-domains'));
    const files = namedFiles(file, { ...roots, folder: SAMPLE_FOLDER });
    expect(files.map(({ kind }) => kind).sort()).toEqual([
      ...Array(9).fill('data'),
      ...Array(10).fill('model'),
    ]);
    const of = (missing: (name: string) => boolean) => ({
      ...nothing,
      folder: SAMPLE_FOLDER,
      exists: new Map(files.map((each) => [each.path, !missing(each.path)])),
    });
    expect(
      told(
        file,
        of(() => false),
      ),
    ).toEqual([]);
    expect(told(file, { ...nothing, folder: SAMPLE_FOLDER })).toEqual([]);
    expect(
      told(
        file,
        of((name) => /code/.test(name)),
      ),
    ).toEqual(['error model_missing «./models/S/code»', 'error data_missing «./eval/{domain}.json»']);
    const all = diagnostics(
      file,
      of((name) => /eval/.test(name)),
    );
    expect(all).toHaveLength(1);
    expect(all[0]?.message).toContain('There are no files for algebra, analysis, biology');
  });

  it('are no error where there are results to read', () => {
    const file = measured(world, '', { stage: 'points' });
    const exists = new Map(namedFiles(file, roots).map(({ path: name }) => [name, false]));
    expect(new Set(diagnostics(file, { ...nothing, exists }).map(({ severity }) => severity))).not.toContain(
      'error',
    );
  });

  it('of tasks keep nothing from being run', () => {
    const file = edited(sample('downstream'));
    const task = namedFiles(file, roots).find(({ kind }) => kind === 'task') ?? raise();
    const exists = new Map([[task.path, false]]);
    expect(told(file, { ...nothing, exists })).toEqual(['warning task_missing «./tasks/endings»']);
  });

  it('are told of data alone where the models are those of a host', () => {
    const text = `${sample('nine-domains')}target: gpu-box\n`;
    const file = edited(text);
    const files = namedFiles(file, roots);
    expect(files.some(({ kind }) => kind === 'model')).toBe(true);
    const exists = new Map(files.map((each) => [each.path, false]));
    expect(told(file, { ...nothing, ...roots, exists })).toEqual([
      'error data_missing «./eval/{domain}.json»',
    ]);
  });

  it('are told of a host’s models once that was asked', () => {
    const file = edited(`${sample('nine-domains')}target: gpu-box\n`);
    const there = ({ host, written }: { host: string; written: string }) => {
      expect(host).toBe('gpu-box');
      return written.endsWith('/base') ? null : !/code/.test(written);
    };
    const [code = raise(), ...others] = diagnostics(file, { ...nothing, there });
    expect(others).toEqual([]);
    expect(code).toMatchObject({ severity: 'error', code: 'model_missing' });
    expect(code.message).toContain('gpu-box has no model ./models/S/code.\nCorrect the path');
    const here = namedFiles(file, roots).filter(({ written }) => written === './models/S/code');
    const exists = new Map(here.map(({ path: name }) => [name, true]));
    expect(diagnostics(file, { ...nothing, there, exists })[0]?.message).toContain('It lies on this machine');
  });

  it('say nothing of what stands at another place while the text is broken', () => {
    const file = edited(sample('nine-domains'));
    const broken = file.text.replace('./models/S/code', './models/S/co').replace('methods:', 'methods: {');
    const typed = retyped(broken, file.state ?? raise());
    expect(typed.parsed.experiment).toBeNull();
    const files = namedFiles(typed, roots);
    expect(files.some(({ path: name }) => name.endsWith('/code'))).toBe(false);
    expect(files.some(({ path: name }) => name.endsWith('/biology'))).toBe(true);
  });

  it('are looked for, and found again', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mergelab-files-'));
    try {
      let now = 0;
      const files = new FileExistence(() => now);
      const model = path.join(folder, 'model');
      expect(await files.check([model, folder])).toBe(true);
      expect(files.known.get(model)).toBe(false);
      expect(files.known.get(folder)).toBe(true);
      await mkdir(model);
      expect(await files.check([model])).toBe(false);
      now = 3_000;
      expect(await files.check([model])).toBe(true);
      expect(files.known.get(model)).toBe(true);
      await writeFile(path.join(folder, 'file'), '');
      // A path through a file is not there either.
      await files.check([path.join(folder, 'file', 'deeper')]);
      expect(files.known.get(path.join(folder, 'file', 'deeper'))).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what the numbers leave open', () => {
  const statistical = (found: readonly EditorDiagnostic[]) =>
    found.filter(({ severity }) => severity === 'information');

  it('is information at the method that it concerns', () => {
    const file = measured(world, 'methods: [average, ties]\nsweep:\n  k: 1..2\n');
    const found = statistical(diagnostics(file, nothing));
    const few = found.filter(({ code }) => code === 'too_few_k');
    expect(few.map(({ range }) => file.lines.slice(range))).toEqual(['average', 'ties']);
    expect(few[0]?.message).toMatch(/^average: 2 k's are measured/);
    expect(statistical(diagnostics(file, { ...nothing, statistical: false }))).toEqual([]);
  });

  it('waits until all is measured, and is silent about numbers of another text', () => {
    const early = measured(world, 'sweep:\n  k: 1..2\n', { measured: 9, stage: 'points' });
    expect(statistical(diagnostics(early, nothing)).map(({ code }) => code)).not.toContain('too_few_k');
    const stale = measured(world, 'sweep:\n  k: 1..2\n', {}, { stale: 'The data changed.' });
    expect(statistical(diagnostics(stale, nothing))).toEqual([]);
  });

  it('stands at the experts where the file names neither methods nor goals, and never twice', () => {
    const file = measured(world, 'sweep:\n  k: 1..2\n');
    const [found] = statistical(diagnostics(file, nothing));
    expect(found && file.lines.slice(found.range)).toBe('experts');
    const mergekit = measured(world, 'methods: [average, { method: ties, compatibility: mergekit }]\n');
    const codes = diagnostics(mergekit, nothing).map(({ code }) => code);
    expect(codes).toContain('compatibility_in_sweep');
    expect(codes).not.toContain('outside_law');
  });
});

function raise(): never {
  throw new Error('missing');
}
