/** The .vsix itself, as `npm run package` makes it: what is in it, what is not, and how large it is. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAll } from '../../scripts/build/all.ts';
import { makeVsix } from '../../scripts/package/vsix.ts';

const root = path.join(import.meta.dirname, '..', '..');
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

let size = 0;
let files: Readonly<Record<string, Uint8Array>> = {};
let manifest: Readonly<Record<string, unknown>> = {};

beforeAll(async () => {
  const { file, bytes } = await makeVsix(root, await buildAll());
  size = bytes;
  const all = Object.entries(unzipSync(readFileSync(file)));
  files = Object.fromEntries(
    all.flatMap(([name, content]) =>
      name.startsWith('extension/') ? [[name.slice('extension/'.length), content]] : [],
    ),
  );
  manifest = JSON.parse(text(files['package.json']));
});

describe('the package', () => {
  it('has at most 12 MB', () => {
    expect(size).toBeLessThanOrEqual(12_000_000);
  });

  it('holds both bundles, the agent, and a sample that can be run', () => {
    const names = Object.keys(files);
    expect(names).toEqual(
      expect.arrayContaining([
        'dist/extension/main.cjs',
        'dist/extension/code.cjs',
        'dist/extension/analysis-worker.cjs',
        'dist/extension/hosts-language.cjs',
        'dist/extension/installing.cjs',
        'dist/extension/new-experiment.cjs',
        'dist/webview/dashboard.js',
        'dist/webview/dashboard.css',
        'agent/pyproject.toml',
        'agent/merge_lab_agent/__main__.py',
        'agent/merge_lab_agent/py.typed',
        'examples/nine-domains/nine-domains.mergelab.yaml',
        'examples/nine-domains/eval/algebra.json',
        'THIRD-PARTY-NOTICES.txt',
      ]),
    );
    for (const model of ['base', 'algebra', 'physics'])
      for (const file of ['config.json', 'model.safetensors', 'tokenizer.json'])
        expect(names).toContain(`examples/nine-domains/models/S/${model}/${file}`);
  });

  it('has every model and data file that an experiment in it names', () => {
    const names = Object.keys(files);
    const experiments = names.filter((name) => name.endsWith('.mergelab.yaml'));
    expect(experiments.length).toBeGreaterThan(1);
    for (const experiment of experiments) {
      const folders = [...text(files[experiment]).matchAll(/\.\/(models\/\S+)/g)].map((match) => match[1]);
      expect(folders.length).toBeGreaterThan(1);
      for (const folder of folders)
        expect(names, experiment).toContain(`examples/nine-domains/${folder}/config.json`);
    }
  });

  it('says in the walkthrough how large the sample is', () => {
    const sample = Object.entries(files).filter(([name]) => name.startsWith('examples/nine-domains/'));
    const megabytes = sample.reduce((sum, [, content]) => sum + content.length, 0) / 1e6;
    const sizes = new Set(sample.flatMap(([name]) => name.match(/\/models\/(\w+)\//)?.[1] ?? []));
    expect([...sizes].sort()).toEqual(['M', 'S']);
    expect(JSON.stringify(manifest)).toContain(`in two sizes, about ${Math.round(megabytes)} MB.`);
  });

  it('has a page whose pictures and links can be followed where it is installed', () => {
    const page = text(files['readme.md'] ?? files['README.md']);
    expect(page).toContain('# Model Merge Lab');
    const targets = [...page.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    expect(targets.filter((target) => !/^(https:|#)/.test(target))).toEqual([]);
    expect(page).not.toMatch(/<img/);
  });

  it('holds every source of the agent', () => {
    const inPackage = Object.keys(files).filter((name) => name.startsWith('agent/merge_lab_agent/'));
    const imported = inPackage.flatMap((name) =>
      [...text(files[name]).matchAll(/^from merge_lab_agent\.(\w+) import/gm)].map((match) => match[1]),
    );
    for (const name of new Set(imported)) expect(inPackage).toContain(`agent/merge_lab_agent/${name}.py`);
  });

  it('has nothing of development, of results, or of this machine', () => {
    const names = Object.keys(files);
    const wrong = names.filter((name) =>
      /node_modules|\.map$|\.ts$|__pycache__|\.pyc$|\.mergelab\/|egg-info|(^|\/)(test|tests|bench|scripts|make)\//.test(
        name,
      ),
    );
    expect(wrong).toEqual([]);
    for (const name of names.filter((file) => /\.(cjs|js|css|json|md|txt|toml|py|yaml)$/.test(file)))
      expect(text(files[name]).includes(root), `${name} names the checkout`).toBe(false);
  });

  it('has a manifest for users: no scripts, no dependencies, every file that it names', () => {
    for (const key of ['scripts', 'dependencies', 'devDependencies', 'private', 'bin', 'type'])
      expect(manifest).not.toHaveProperty(key);
    expect(manifest['engines']).toEqual({ vscode: expect.stringMatching(/^\^1\.\d+\.0$/) });
    const named = [
      ...JSON.stringify(manifest).matchAll(/"\.?\/?((?:dist|media|extension)\/[\w./-]+\.\w+)"/g),
    ];
    expect(named.length).toBeGreaterThan(2);
    for (const [, file] of named) expect(Object.keys(files)).toContain(file);
  });

  it('names no newer VS Code than its types are of', () => {
    const types = JSON.parse(
      readFileSync(path.join(root, 'node_modules', '@types', 'vscode', 'package.json'), 'utf8'),
    );
    const minor = (version: string): string | undefined => version.match(/1\.\d+/)?.[0];
    expect(minor((manifest['engines'] as { vscode: string }).vscode)).toBe(minor(types.version));
  });
});
