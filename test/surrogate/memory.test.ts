import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { SurrogateMemory } from '../../core/surrogate/memory.ts';
import { SurrogateWorld } from './world.ts';

const POOL = 5;
const merges = new SurrogateWorld(POOL, 2).sample(30, seededRandom(1));

describe('what is remembered of surrogates', () => {
  it('is the fit of the most merges, given back once', () => {
    const memory = new SurrogateMemory();
    const fitted = (count: number) => memory.fit(merges.slice(0, count), POOL, null, 1);
    const all = fitted(30);
    expect(fitted(29)).not.toBe(all);
    expect(fitted(30)).toBe(all);
    const again = fitted(30);
    expect(again).not.toBe(all);
    expect(again).toEqual(all);
  });

  it('is each look, as long as its merges, the base and its bound are the same', () => {
    const memory = new SurrogateMemory();
    let made = 0;
    const look = (count: number, base: number | null, outside: number) =>
      memory.look(merges.slice(0, count), base, outside, () => {
        made += 1;
        return [];
      });
    const first = look(20, null, 0.01);
    expect(look(20, null, 0.01)).toBe(first);
    expect(made).toBe(1);
    for (const other of [look(21, null, 0.01), look(20, 1.5, 0.01), look(20, null, 0.02)])
      expect(other).not.toBe(first);
    expect(made).toBe(4);
  });
});
