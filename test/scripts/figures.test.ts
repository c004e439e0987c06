import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { forest } from '../../scripts/figures/forest.ts';
import { heat } from '../../scripts/figures/heat.ts';
import { plot } from '../../scripts/figures/plot.ts';
import { ticks } from '../../scripts/figures/svg.ts';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
const guide = pages.map((name) => readFileSync(path.join(docs, name), 'utf8')).join('\n');

describe('the pages of docs', () => {
  it('show every figure that is there, and none that is not', () => {
    const shown = [...guide.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(shown.filter((target) => !existsSync(path.join(docs, target)))).toEqual([]);
    const made = readdirSync(path.join(docs, 'figures')).map((file) => `figures/${file}`);
    expect(shown.toSorted()).toEqual(made.toSorted());
  });

  it('have figures that an image may show: finite, small, without script or link', () => {
    for (const file of readdirSync(path.join(docs, 'figures'))) {
      const picture = readFileSync(path.join(docs, 'figures', file), 'utf8');
      expect(picture, file).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* aria-label="[^"]+/);
      expect(picture, file).not.toMatch(/NaN|Infinity|undefined|<script|href/);
      expect(picture.length, file).toBeLessThan(30_000);
    }
  });
});

describe('drawing', () => {
  const pointAt = (picture: string) =>
    [...picture.matchAll(/<circle cx="([\d.-]+)" cy="([\d.-]+)"/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);

  it('puts larger values higher and to the right, on a logarithmic axis too', () => {
    const points = [1, 2, 3].map((x) => ({ x, y: 10 ** x }));
    for (const log of [false, true]) {
      const series = [{ name: 'a', colour: '#000', draw: 'dots' as const, points }];
      // The legend's dot comes last.
      const dots = pointAt(plot({ alt: 'a', x: 'x', y: 'y', series, log }));
      expect(dots).toHaveLength(4);
      const [first, second, third] = dots;
      expect(first?.[0]).toBeLessThan(second?.[0] ?? 0);
      expect(first?.[1]).toBeGreaterThan(second?.[1] ?? 0);
      const [low, high] = [(first?.[1] ?? 0) - (second?.[1] ?? 0), (second?.[1] ?? 0) - (third?.[1] ?? 0)];
      if (log) expect(low).toBeCloseTo(high, 0);
      else expect(high).toBeGreaterThan(5 * low);
    }
  });

  it('writes names as text', () => {
    const row = { name: '<a & "b">', value: 1, low: 0, high: 2 };
    expect(forest('a', 'x', [row])).toContain('&#60;a &#38; &#34;b&#34;&#62;');
    expect(heat('a', ['<r>'], ['c'], [{ title: 't', values: [[null]] }])).not.toContain('<r>');
  });

  it('marks round numbers', () => {
    expect(ticks(0.3, 9.7)).toEqual([2, 4, 6, 8]);
    expect(ticks(-0.011, 0.021).map((value) => Number(value.toFixed(3)))).toEqual([-0.01, 0, 0.01, 0.02]);
  });
});
