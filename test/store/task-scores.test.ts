import { describe, expect, it } from 'vitest';
import { parseTaskScores, taskKey } from '../../core/store/task-scores.ts';
import { sealed } from './lines.ts';

const hex = (digit: string) => digit.repeat(64);
const float32 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');

const metric = {
  name: 'acc',
  value: 0.5,
  stderr: null,
  higher_is_better: true,
  form: 'mean',
  numerators: float32(1, 0),
  weights: float32(1, 1),
};
const line = {
  key: hex('a'),
  task: hex('b'),
  name: 'endings',
  harness: '0.4.13',
  requests: hex('c'),
  items: 2,
  metrics: [metric],
  seconds: 1,
  device: 'cpu',
  code: null,
  message: null,
};

const parse = (...lines: string[]) => parseTaskScores(Buffer.from(lines.join('')));

describe('score lines', () => {
  it('are read with their values by item', () => {
    const [score] = parse(sealed({ format: 1, writer: 'w' }), sealed(line));
    expect(score?.metrics[0]?.numerators).toEqual(Float32Array.of(1, 0));
    expect(score?.harness).toBe('0.4.13');
  });

  it('that are torn, damaged or say what cannot be are passed over', () => {
    const whole = sealed(line);
    expect(parse(whole, whole.slice(0, -9))).toHaveLength(1);
    expect(parse(whole.replace('endings', 'ending5'))).toHaveLength(0);
    const impossible = [
      { ...metric, weights: float32(0, 0) },
      { ...metric, weights: float32(1) },
      { ...metric, numerators: null },
      { ...metric, form: null },
      { ...metric, numerators: float32(Number.NaN, 0) },
    ];
    for (const each of impossible) expect(parse(sealed({ ...line, metrics: [each] }))).toHaveLength(0);
  });

  it('may be failures', () => {
    const failed = {
      ...line,
      metrics: [],
      requests: null,
      code: 'out_of_memory',
      message: 'Memory ran out.',
    };
    expect(parse(sealed(failed))[0]?.code).toBe('out_of_memory');
  });
});

describe('the key of a task', () => {
  it('is of its content and what is asked of it, nothing else', () => {
    const options = { limit: null, shots: null };
    const files = [['task.yaml', hex('1')]] as const;
    const keys = [
      taskKey({ files }, options),
      taskKey({ files }, { ...options, limit: 10 }),
      taskKey({ files }, { ...options, shots: 0 }),
      taskKey({ files: [['task.yaml', hex('2')]] }, options),
      taskKey({ name: 'arc_easy' }, options),
    ];
    expect(new Set(keys).size).toBe(5);
    expect(taskKey({ files }, { ...options })).toBe(keys[0]);
  });
});
