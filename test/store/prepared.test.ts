import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { evaluationId, parseEvaluationSet } from '../../core/store/evaluation.ts';
import type { EvaluationId, EvaluationSet, PrepareRequest } from '../../core/store/format.ts';
import { parsePreparedFile, prepareRequest, requestDigest } from '../../core/store/prepared.ts';
import { experimentOf, preparedOf, type SweepOptions } from '../design/sweeps.ts';

const where = { store: '/data/.mergelab/local', root: '/data', device: 'cpu' };

function ask(options: SweepOptions = {}, pool = ['a', 'b']): PrepareRequest {
  return prepareRequest(experimentOf(pool, options), where);
}

describe('what prepare is asked', () => {
  test('every model by its place, and the data', () => {
    const request = ask({
      sizes: ['S', 'L'],
      more: 'references: [{ name: x, model: ./x }, { name: y, loss: 1 }]',
    });
    expect(request.models.map(({ id, source, role, size, name }) => [id, source, role, size, name])).toEqual([
      ['S/base', './S/base', 'base', 'S', null],
      ['S/expert/a', './S/a', 'expert', 'S', 'a'],
      ['S/expert/b', './S/b', 'expert', 'S', 'b'],
      ['L/base', './L/base', 'base', 'L', null],
      ['L/expert/a', './L/a', 'expert', 'L', 'a'],
      ['L/expert/b', './L/b', 'expert', 'L', 'b'],
      ['reference/x', './x', 'reference', null, 'x'],
    ]);
    expect(request.evaluation).toEqual({
      domains: { a: './eval/a.json', b: './eval/b.json' },
      max_length: 2048,
      max_tokens_per_domain: null,
      chat_template: 'auto',
      dtype: 'auto',
    });
    expect(request).toMatchObject({ ...where, embeddings: 'exact', allow_remote_code: [] });
  });

  test('names, goals, methods, k and seeds ask nothing new; models and data do', () => {
    const digests = (all: SweepOptions[]) => new Set(all.map((options) => requestDigest(ask(options))));
    const same: SweepOptions[] = [
      {},
      { more: 'name: other' },
      { more: 'goals: { return: 0.9 }' },
      { more: 'merge: { subset: [a] }' },
      { more: 'target: gpu-box' },
      { methods: ['ties', 'average'] },
      { sweep: '{ k: [1], seed: 4 }' },
    ];
    expect(digests(same).size).toBe(1);
    const other: SweepOptions[] = [{}, { sizes: ['S'] }, { more: 'embeddings: common_rows' }];
    expect(digests(other).size).toBe(3);
    expect(requestDigest(ask({}, ['a', 'c']))).not.toBe(requestDigest(ask()));
    expect(requestDigest({ ...ask(), device: 'cuda:0' })).not.toBe(requestDigest(ask()));
  });

  test('allowed code is a set', () => {
    const experiment = experimentOf(['a', 'b']);
    const allow = (allowRemoteCode: string[]) =>
      requestDigest(prepareRequest(experiment, { ...where, allowRemoteCode }));
    expect(allow(['x@1', 'y@2'])).toBe(allow(['y@2', 'x@1']));
    expect(allow(['x@1'])).not.toBe(allow([]));
  });
});

describe('a cached answer', () => {
  const experiment = experimentOf(['a', 'b']);
  const request = prepareRequest(experiment, where);
  const file = {
    format: 1,
    agent: '0.1.0',
    request,
    files: [{ path: '/data/base/config.json', size: 10, mtime_ns: '1700000000000000001' }],
    answer: preparedOf(experiment),
  };

  test('is read', () => {
    expect(parsePreparedFile(JSON.stringify(file), request)).toEqual(file);
  });

  test.each([
    ['another question', { ...file, request: { ...request, root: '/elsewhere' } }],
    ['another format', { ...file, format: 2 }],
    ['a part missing', { ...file, files: undefined }],
    ['an unknown part', { ...file, extra: 1 }],
    ['no object', 3],
  ])('is not believed: %s', (_, wrong) => {
    expect(parsePreparedFile(JSON.stringify(wrong), request)).toBeNull();
  });

  test('is not believed when cut', () => {
    const text = JSON.stringify(file);
    expect(parsePreparedFile(text.slice(0, -1), request)).toBeNull();
    expect(parsePreparedFile('', request)).toBeNull();
  });
});

describe('an evaluation set', () => {
  const content = {
    format: 1,
    domain: 'algebra',
    max_length: 64,
    samples: [{ id: 0, tokens: [5, 6, 7], scored: [1, 2], bytes: 9, truncated: false }],
    scored_tokens: 2,
    truncated: 0,
    excluded: 0,
    rendering: 'as it is',
  } as const;
  const set: EvaluationSet = { ...content, id: evaluationId(content) };

  test('its id is the hash of tokens, scored positions and length, whatever it is called', () => {
    expect(parseEvaluationSet(set.id, JSON.stringify(set))).toEqual(set);
    expect(evaluationId({ ...set, samples: [{ ...content.samples[0], id: 3, bytes: 1 }] })).toBe(set.id);
    expect(evaluationId({ ...set, max_length: 65 })).not.toBe(set.id);
    expect(evaluationId({ ...set, samples: [{ ...content.samples[0], scored: [2] }] })).not.toBe(set.id);
  });

  const codeOf = (id: EvaluationId, text: string): string => {
    try {
      parseEvaluationSet(id, text);
    } catch (error) {
      if (error instanceof ProblemError) return error.problem.code;
    }
    return 'none';
  };

  test.each([
    [
      JSON.stringify({ ...set, samples: [{ ...content.samples[0], tokens: [5, 6, 8] }] }),
      'evaluation_damaged',
    ],
    [JSON.stringify({ ...set, samples: 3 }), 'evaluation_damaged'],
    [JSON.stringify({ ...set, format: 2 }), 'store_too_new'],
    [JSON.stringify(set).slice(0, -1), 'evaluation_damaged'],
    ['null', 'evaluation_damaged'],
  ])('is not believed: %#', (text, code) => {
    expect(codeOf(set.id, text)).toBe(code);
  });
});
