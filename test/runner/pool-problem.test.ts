import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { poolProblem } from '../../runner/ensemble/pool-problem.ts';
import { must } from '../webview/sample.ts';

const TEXT = `kind: ensemble
models:
  small: ./small
  again: { model: ./again, null_of: small }
  large: ./large
evaluation:
  data: { text: ./text.json }
`;

const member = (parameters: number) => ({ parameters, bytes: 2 * parameters });
const sizes = { small: member(40e3), again: member(1e3), large: member(500e3) };

const problemOf = (pool: string) =>
  poolProblem(
    must(
      parseExperiment(`${TEXT}pool: ${pool}
`).ensemble,
    ),
    sizes,
  );

describe('limits of a pool', () => {
  it('that no model keeps are a problem, with what the smallest takes; copies are in no pool', () => {
    expect(problemOf('{ parameters: 10k }')).toMatchObject({
      code: 'no_pool_within_limit',
      message:
        'No model is within the limits that `pool` sets (10k parameters): the smallest, small, takes 40k parameters.',
    });
    expect(problemOf('{ memory: 30kB }')?.message).toContain('the smallest, small, takes 80.0 kB');
  });

  it('that one model keeps are none', () => {
    for (const pool of ['{}', '{ k: 1 }', '{ parameters: 40k }', '{ parameters: 1M, memory: 100kB }'])
      expect(problemOf(pool)).toBeNull();
  });
});
