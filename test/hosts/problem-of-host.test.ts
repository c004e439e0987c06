import { describe, expect, it } from 'vitest';
import { placeOfProblem, placesOf } from '../../core/experiment/model-places.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { plainHost } from '../../core/hosts/host.ts';
import { ProblemError } from '../../core/problem.ts';
import { fullThere, ofHost } from '../../runner/hosts/problem-of-host.ts';

const host = plainHost('gpu-box');
const full = {
  code: 'disk_too_small',
  message: 'The disk of /x has 9 MB free.',
  fix: 'Move the experiment.',
};

describe('what a host says of its machine', () => {
  it('names the host', () => {
    const missing = {
      code: 'model_missing',
      message: 'There is no folder /x.',
      fix: 'Correct it.',
      model: 'a',
    };
    expect(ofHost(missing, host)).toEqual({ ...missing, message: 'On gpu-box there is no folder /x.' });
    const other = { code: 'tokenizer_differs', message: 'It differs.', fix: 'Take another.' };
    expect(ofHost(other, host)).toBe(other);
  });

  it('is of no line of the experiment where the disk of the host is full', () => {
    const said = ofHost(full, host);
    expect(said).toMatchObject({
      code: 'host_disk_full',
      message: 'On gpu-box: The disk of /x has 9 MB free.',
      fix: expect.stringContaining('`directory:` in hosts.yaml'),
    });
    const places = placesOf(parseExperiment('base: ./b\nexperts: { a: ./a }\n').positions);
    expect(placeOfProblem(places, full)).not.toBeNull();
    expect(placeOfProblem(places, said)).toBeNull();
  });

  it('is told of what a call throws, too', () => {
    const thrown = new ProblemError({ ...full, code: 'disk_full' });
    expect(fullThere(thrown, host)).toMatchObject({ problem: { code: 'host_disk_full' } });
    const other = new ProblemError({ ...full, code: 'out_exists' });
    expect(fullThere(other, host)).toBe(other);
  });

  it('keeps the advice on the cache of the hub, which is elsewhere', () => {
    const cache = { ...full, model: 'base', fix: 'Set HF_HOME.' };
    expect(ofHost(cache, host)).toBe(cache);
  });
});
