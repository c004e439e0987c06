import { describe, expect, it } from 'vitest';
import { planningText } from '../../cli/report/planning-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { NO_BUDGET } from '../../core/planning/budget.ts';
import { makePlanning } from '../../core/planning/planning.ts';

const estimate = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const sizes = [1, 3].map((N) => ({
  name: N === 1 ? 'S' : 'L',
  parameters: N * 1e9,
  memory_bytes: N * 2e9,
  losses: [1, 2, 3].map((k) => ({ k, loss: estimate(2 / N + 1 / k), measured: k < 3 })),
}));

function text(budget: Partial<typeof NO_BUDGET>): string {
  const saving = (_: unknown, { size }: { size: string }) => estimate(size === 'S' ? 0.5 : 4 / 3);
  return planningText(
    makePlanning(sizes, { ...NO_BUDGET, ...budget }, [{ size: 'S', k: 1 }], saving),
    styleFor({}, {}),
    1000,
    true,
  );
}

describe('planning on the terminal', () => {
  it('names the best, its loss with its interval, its cost, and the trade at the margin', () => {
    const said = text({ hours_per_expert_per_billion: 10, gpu_hours: 60, target_loss: 1.2 });
    expect(said).toContain(
      'Lowest typical loss within the budget: L (3.0B) with 2 experts, 1.167 (1.157 to 1.177) for 60 GPU-hours of training.',
    );
    expect(said).toContain('Cheapest whose typical loss reaches 1.200: L (3.0B) with 2 experts');
    expect(said).toContain(
      'From S (1.0B) with 1 expert: one more expert (k = 2) saves 0.500 (0.490 to 0.510) nats for 10 GPU-hours; 1 expert of size L instead saves',
    );
    expect(said).toContain('The expert saves more for its cost.');
    expect(said).toMatch(/L +3\.0B +3 .*law +90 GPU-hours +6\.0 GB +over budget/);
  });

  it('speaks of expert-billions while an expert has no price', () => {
    expect(text({})).toContain(
      'Lowest typical loss, whatever it costs: L (3.0B) with 3 experts, 1.000 (0.990 to 1.010), by the law for 9 expert-billions',
    );
  });
});
