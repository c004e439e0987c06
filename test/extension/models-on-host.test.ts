import { describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { completions, type Surroundings } from '../../extension/language/completion.ts';
import type { ModelsBelow } from '../../extension/language/model-place.ts';

const FILES: Readonly<Record<string, readonly string[]>> = {
  '.': ['pythia', 'zoo/math', 'zoo/deep/code'],
  zoo: ['math', 'base', 'deep/code'],
  '/data': ['big'],
};

/** `‸` marks the cursor; the host is agreed to unless said. */
async function at(marked: string, { isAgreed = true, away = false } = {}) {
  const asked: string[] = [];
  const modelsBelow: ModelsBelow = async (host, folder) => {
    asked.push(`${host}:${folder}`);
    const found = FILES[folder] ?? [];
    return away
      ? null
      : found.map((path) => ({ path, kind: path === 'zoo/math' ? 'adapter' : 'checkpoint' }));
  };
  const surroundings: Surroundings = {
    list: async (folder) =>
      folder === '/lab'
        ? [{ name: 'here', kind: 'folder' as const }]
        : [{ name: 'x.json', kind: 'file' as const }],
    roots: { folder: '/lab', home: '/home/me' },
    targets: [{ host: plainHost('box'), from: 'ssh', isAgreed }],
    modelsBelow,
  };
  const found = await completions(marked.replace('‸', ''), marked.indexOf('‸'), surroundings);
  return { labels: found.map(({ label }) => label), details: found.map(({ detail }) => detail), asked };
}

describe('models where the target is a host', () => {
  it('are the host’s: models first, then folders that hold some, below its folder of models', async () => {
    const { labels, details } = await at('target: box\nbase: ‸');
    expect(labels).toEqual(['./pythia', './zoo/']);
    expect(details[0]).toBe('model on box');
    expect((await at('target: box\nbase: ./zoo/‸')).labels).toEqual([
      './zoo/math',
      './zoo/base',
      './zoo/deep/',
    ]);
    expect((await at('target: box\nbase: /data/‸')).labels).toEqual(['/data/big']);
  });

  it('are offered as experts and as models of an ensemble too', async () => {
    expect((await at('target: box\nexperts:\n  math: ./zoo/‸')).labels).toContain('./zoo/math');
    const entries = await at('target: box\nbase: ./zoo/base\nexperts:\n  ‸');
    expect(entries.labels).toContain('math');
    expect(entries.labels).not.toContain('base');
    expect((await at('target: box\nmodels:\n  a: ‸')).labels).toContain('./pythia');
  });

  it('are asked for once the user agreed to that host, and never for this machine', async () => {
    expect(await at('target: box\nbase: ‸', { isAgreed: false })).toMatchObject({
      labels: ['./here/'],
      asked: [],
    });
    expect(await at('target: local\nbase: ‸')).toMatchObject({ labels: ['./here/'], asked: [] });
    expect((await at('target: other\nbase: ‸')).asked).toEqual([]);
  });

  it('are those of this machine where the host cannot be reached; data is always here', async () => {
    const { labels, asked } = await at('target: box\nbase: ‸', { away: true });
    expect(labels).toEqual(['./here/']);
    expect(asked).toContain('box:.');
    expect(await at('target: box\nevaluation:\n  data: ‸')).toMatchObject({ labels: ['./here/'], asked: [] });
  });
});
