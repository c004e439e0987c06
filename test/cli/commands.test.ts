import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TINY, TinyWorld } from '../runner/tiny-world.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
let world: TinyWorld;

beforeAll(() => {
  world = new TinyWorld();
});
afterAll(() => world.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function mergeLab(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('one experiment, from file to merged folder', () => {
  let file: string;
  let folder: string;

  beforeAll(() => {
    file = world.experiment();
    folder = path.dirname(file);
  });

  test('plan says what a run would take and runs nothing', async () => {
    const { code, out, err } = await mergeLab(['plan', file], folder);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/7 merges and 4 unmerged models: 11 to do/);
    expect(out).toMatch(/expected\s+(about|under) .* memory of .* free, .* disk/);
    expect(existsSync(path.join(folder, '.mergelab', 'local', 'results'))).toBe(true);
    expect(readdirSync(path.join(folder, '.mergelab', 'local', 'results'))).toEqual([]);
  });

  test('run ends with the answer, and a second run finds everything there', async () => {
    const first = await mergeLab(['run', file], folder);
    expect(first.code, first.err).toBe(0);
    expect(first.out).toContain('11 of 11 models scored');
    expect(first.out).toMatch(/● typical subset/);
    expect(first.out).not.toMatch(/NaN|undefined|\p{Cc}(?<!\n)/u);
    const second = await mergeLab(['run', file], folder, {
      MERGE_LAB_PYTHON: path.join(folder, 'no-python-is-needed'),
    });
    expect(second.code, second.err).toBe(0);
    expect(second.out).toBe(first.out);
    expect(second.err).toContain('nothing to do');
  });

  test('report --json carries the same numbers, and only JSON on standard output', async () => {
    const { code, out } = await mergeLab(['report', file, '--json'], folder);
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.stage).toBe('complete');
    expect(report.cells[0].merges).toHaveLength(7);
    const means = report.cells[0].curves[0].points.map((point: { mean: number }) => point.mean);
    const plain = await mergeLab(['report', file], folder);
    for (const mean of means) expect(plain.out).toContain(mean.toFixed(3));
  });

  test('an edited experiment computes only what is new', async () => {
    writeFileSync(file, `${TINY}methods: [average, { method: task_arithmetic, scale: 0.8 }]\n`);
    const { out } = await mergeLab(['plan', file], folder);
    expect(out).toMatch(/14 merges and 4 unmerged models: 11 done, 7 to do/);
    const status = await mergeLab(['status', file], folder);
    expect(status.out).toContain('11 of 18 models scored; 7 more are planned: ');
    writeFileSync(file, TINY);
  });

  test('status, and stop or attach with nothing running', async () => {
    const status = await mergeLab(['status', file], folder);
    expect(status.code).toBe(0);
    expect(status.out).toContain('11 of 11 models scored · done');
    const attach = await mergeLab(['attach', file], folder);
    expect(attach.code).toBe(1);
    expect(attach.err).toMatch(/going on: it is finished\.[\s\S]*: .*merge-lab.* report /);
  });

  test('merge writes the recommended subset, and refuses to write over a folder', async () => {
    const written = await mergeLab(['merge', file, '--subset', 'alpha,gamma', '--out', 'merged'], folder);
    expect(written.code, written.err).toBe(0);
    const files = readdirSync(path.join(folder, 'merged'));
    expect(files).toEqual(
      expect.arrayContaining(['config.json', 'model.safetensors', 'README.md', 'tokenizer.json']),
    );
    expect(readFileSync(path.join(folder, 'merged', 'README.md'), 'utf8')).toContain('gamma');
    const same = await mergeLab(['merge', file, '--subset', 'alpha,gamma', '--out', 'merged'], folder);
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toMatch(/It is there already: .*merged/);
    const again = await mergeLab(['merge', file, '--subset', 'alpha', '--out', 'merged'], folder);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/error .*merged/);
    const unknown = await mergeLab(['merge', file, '--subset', 'alpha,gama', '--out', 'other'], folder);
    expect(unknown.code).not.toBe(0);
    expect(unknown.err).toContain('gama');
    expect(unknown.err).not.toContain('Merging');
    expect(existsSync(path.join(folder, 'other'))).toBe(false);
  });

  test('merge --weights writes θ0 + Σ w·v', async () => {
    const written = await mergeLab(
      ['merge', file, '--weights', 'alpha=0.75, gamma=0.5', '--out', 'weighted'],
      folder,
    );
    expect(written.code, written.err).toBe(0);
    expect(written.out).toContain('alpha, gamma, weighted: not scored.');
    const card = readFileSync(path.join(folder, 'weighted', 'README.md'), 'utf8');
    expect(card).toMatch(/\| alpha \| \S+ \| 0\.75 \|/);
    expect(card).toContain('weight: 0.75');
    for (const [given, said] of [
      ['alpha', '"alpha" is not an expert and its weight'],
      ['alpha=x', '"alpha=x" is not an expert and its weight'],
      ['alpha=1,alpha=2', '"alpha" has two weights'],
      ['alpha=0', 'All weights are zero'],
      ['delta=1', 'no expert "delta"'],
    ] as const) {
      const refused = await mergeLab(['merge', file, '--weights', given, '--out', 'other'], folder);
      expect(refused.code).not.toBe(0);
      expect(refused.err).toContain(said);
    }
    expect(existsSync(path.join(folder, 'other'))).toBe(false);
  });

  test('an exported experiment gives the same report elsewhere, without its models', async () => {
    const here = await mergeLab(['report', file], folder);
    const exported = await mergeLab(['export', file, 'tiny.zip'], folder);
    expect(exported.code, exported.err).toBe(0);
    const elsewhere = path.join(world.folder, 'elsewhere');
    mkdirSync(elsewhere);
    const imported = await mergeLab(['import', path.join(folder, 'tiny.zip'), elsewhere], world.folder);
    expect(imported.code, imported.err).toBe(0);
    const there = await mergeLab(['report', path.join(elsewhere, 'tiny.mergelab.yaml')], elsewhere);
    expect(there.code, there.err).toBe(0);
    expect(there.out).toContain('[models_not_at_hand]');
    const numbers = (text: string): string => text.slice(text.indexOf('\n'), text.indexOf('  Law'));
    expect(numbers(there.out)).toBe(numbers(here.out));
    const vectors = async (of: string, cwd: string): Promise<string | undefined> =>
      /Task vectors.*?parameters\./s.exec((await mergeLab(['report', '--full', of], cwd)).out)?.[0];
    expect(await vectors(file, folder)).toContain('gamma');
    expect(await vectors(path.join(elsewhere, 'tiny.mergelab.yaml'), elsewhere)).toBe(
      await vectors(file, folder),
    );
    const again = await mergeLab(['import', path.join(folder, 'tiny.zip'), elsewhere], world.folder);
    expect(again.out).toContain('0 result files added');
  });
});

describe('what cannot be used', () => {
  test('an experiment with mistakes: each with its place, and nothing started', async () => {
    const file = world.experiment(TINY.replace('experts:', 'expert:'));
    const { code, out, err } = await mergeLab(['run', file], path.dirname(file));
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('tiny.mergelab.yaml:3:1');
    expect(err).toMatch(/experts/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('models that are not there: each at the line that names it', async () => {
    const file = world.experiment(TINY.replace('./models/beta', './models/betta'));
    const { code, err } = await mergeLab(['plan', file], path.dirname(file));
    expect(code).toBe(1);
    expect(err).toMatch(/tiny\.mergelab\.yaml:\d+:\d+: There is no folder .*betta/);
    expect(err).toMatch(/\d+ │ .*beta: .*models\/betta/);
  });

  test('a missing file, an unknown command, an unknown option', async () => {
    const folder = world.folder;
    const missing = await mergeLab(['run', 'nowhere.mergelab.yaml'], folder);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('nowhere.mergelab.yaml');
    const command = await mergeLab(['reprot', 'x'], folder);
    expect(command.code).toBe(2);
    expect(command.err).toContain('report');
    const option = await mergeLab(['report', 'x', '--jsn'], folder);
    expect(option.code).toBe(2);
    expect(option.err).toContain('--json');
  });

  test('--verify of a run that is left to itself; --no-verify can be', async () => {
    const [asked, none] = await Promise.all(
      ['--verify', '--no-verify'].map((verify) =>
        mergeLab(['run', 'nowhere.mergelab.yaml', verify, '--detach'], world.folder),
      ),
    );
    expect(asked).toMatchObject({ code: 2, err: expect.stringContaining("with option '--detach'") });
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('There is no file') });
  });

  test('an archive that is none, or that names files outside', async () => {
    const folder = path.join(world.folder, 'archives');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'text.zip'), 'not an archive');
    const text = await mergeLab(['import', 'text.zip'], folder);
    expect(text.code).toBe(2);
    expect(text.err).toContain('text.zip cannot be imported');
    const evil = zipSync({
      '../evil.mergelab.yaml': strToU8('a'),
      'store/results/../../../evil.jsonl': strToU8('a'),
      'run.sh': strToU8('a'),
      'tiny.mergelab.yaml': strToU8(TINY),
    });
    writeFileSync(path.join(folder, 'evil.zip'), evil);
    const imported = await mergeLab(['import', 'evil.zip', 'into'], folder);
    expect(imported.code, imported.err).toBe(0);
    expect(existsSync(path.join(world.folder, 'evil.mergelab.yaml'))).toBe(false);
    expect(existsSync(path.join(folder, 'into', 'run.sh'))).toBe(false);
    expect(readdirSync(world.folder)).not.toContain('evil.jsonl');
    rmSync(folder, { recursive: true });
  });
});

describe('law', () => {
  const csv = 'k,loss\n1,0.7599\n2,0.742\n3,0.7345\n4,0.7303\n6,0.7254\n9,0.7221\n';

  test('fits numbers of anybody; JSON by request', async () => {
    const file = path.join(world.folder, 'points.csv');
    writeFileSync(file, csv);
    const plain = await mergeLab(['law', 'points.csv', '--forecast', '10'], world.folder);
    expect(plain.code, plain.err).toBe(0);
    expect(plain.out).toMatch(/k = \d/);
    expect(plain.out).toContain('beyond the pool');
    const { curves } = JSON.parse((await mergeLab(['law', 'points.csv', '--json'], world.folder)).out);
    expect(curves).toHaveLength(1);
    expect(curves[0].pool).toBe(9);
    expect(curves[0].parameters.Linf).toBeGreaterThan(0.69);
    expect(curves[0].parameters.Linf).toBeLessThan(0.7221);
  });

  test('fits several sizes together, and forecasts another from four on', async () => {
    const lines = [0.5, 1.5, 4, 14].flatMap((N) =>
      [1, 2, 3, 4, 5].map((k) => `${N},${k},${0.6 + 0.4 * N ** -0.45 + 0.15 / (k + 0.5)}`),
    );
    writeFileSync(path.join(world.folder, 'sizes.csv'), ['N,k,loss', ...lines].join('\n'));
    const plain = await mergeLab(['law', 'sizes.csv', '--forecast-size', '40'], world.folder);
    expect(plain.code, plain.err).toBe(0);
    expect(plain.out).toContain('sizes 500M, 1.5B, 4.0B, 14B');
    expect(plain.out).toContain('L(N, k) = L* + B·N^−β + A0·N^−γ/(k + b)');
    expect(plain.out).toMatch(/fits as well as one for each/);
    expect(plain.out).toMatch(/^ +40B {2}1 /m);
    const bad = await mergeLab(['law', 'sizes.csv', '--forecast-size', '7e9'], world.folder);
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('--forecast-size takes sizes in billions');
  });

  test('exit 2 on unusable input, with line and column', async () => {
    writeFileSync(path.join(world.folder, 'bad.csv'), csv.replace('0.7345', 'about 0.7'));
    const bad = await mergeLab(['law', 'bad.csv'], world.folder);
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('bad.csv:4:');
    const option = await mergeLab(['law', 'points.csv', '--within', '-1'], world.folder);
    expect(option.code).toBe(2);
    expect(option.err).toContain('--within takes a positive number');
  });
});
