import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Method } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import { mergekitYaml } from '../../core/report/mergekit.ts';
import { modelCard } from '../../core/report/model-card.ts';
import type { Plan } from '../../core/store/format.ts';
import { experimentOf, inputOf, planOf, World } from './world.ts';

const world = new World({ seed: 1, experts: 3, domains: 2, samples: 10 });

function yamlOf(
  method: Method,
  seed: number | null = null,
  change: (plan: Plan) => Plan['header'] = (p) => p.header,
) {
  const plan = planOf(experimentOf(world, { methods: [method] }));
  return mergekitYaml(change(plan), { size: 'default', method: 0, subset: ['e0', 'e2'], seed }, 'bfloat16');
}

describe('mergekitYaml', () => {
  it('writes an average as task vectors of equal weight, in float32', () => {
    const text = yamlOf({ method: 'average', compatibility: 'none' });
    expect(parse(text ?? '')).toEqual({
      merge_method: 'task_arithmetic',
      base_model: './base',
      models: [
        { model: './e0', parameters: { weight: 0.5 } },
        { model: './e2', parameters: { weight: 0.5 } },
      ],
      parameters: { normalize: false },
      dtype: 'float32',
      out_dtype: 'bfloat16',
      tokenizer_source: 'base',
    });
  });

  it('turns a scale into weights: over k where it is normalised, each in full where not', () => {
    const weight = (normalize: boolean) =>
      parse(yamlOf({ method: 'task_arithmetic', scale: 0.8, normalize, compatibility: 'none' }) ?? '')
        .models[0].parameters.weight;
    expect(weight(true)).toBeCloseTo(0.4, 12);
    expect(weight(false)).toBeCloseTo(0.8, 12);
  });

  it('writes ties with unit weights, normalised, scaled by lambda', () => {
    const ties = { method: 'ties', scale: 0.5, density: 0.3, compatibility: 'none' } as const;
    const document = parse(yamlOf({ ...ties, trim_scope: 'tensor' }) ?? '');
    expect(document.models[1].parameters).toEqual({ weight: 1, density: 0.3 });
    expect(document.parameters).toEqual({ normalize: true, lambda: 0.5 });
    expect(yamlOf({ ...ties, trim_scope: 'model' })).toBeNull();
  });

  it('has no equivalent for our own masks, and names the seed for those of mergekit', () => {
    const dare = { method: 'dare', drop_rate: 0.2, seeds: [7] } as const;
    expect(yamlOf({ ...dare, compatibility: 'none' }, 7)).toBeNull();
    const text = yamlOf({ ...dare, compatibility: 'mergekit' }, 7);
    expect(text).toContain('--random-seed 7');
    expect(parse(text ?? '')).toMatchObject({
      merge_method: 'dare_linear',
      models: [{ parameters: { weight: 0.5, density: 0.8 } }, { parameters: { weight: 0.5, density: 0.8 } }],
    });
  });

  it('joins an adapter to its base, and has nothing for common rows', () => {
    const average = { method: 'average', compatibility: 'none' } as const;
    const adapters = (plan: Plan) => {
      const size = plan.header.sizes['default'];
      if (!size) throw new Error('a size');
      const experts = Object.fromEntries(
        Object.entries(size.experts).map(([name, model]) => [name, { ...model, kind: 'adapter' as const }]),
      );
      return { ...plan.header, sizes: { default: { ...size, experts } } };
    };
    expect(parse(yamlOf(average, null, adapters) ?? '').models[0].model).toBe('./base+./e0');
    expect(yamlOf(average, null, (plan) => ({ ...plan.header, embeddings: 'common_rows' }))).toBeNull();
  });
});

describe('modelCard', () => {
  const input = inputOf(world);
  const report = makeReport(input, { stage: 'points' });

  it('holds the recipe, the measured loss and the configuration', () => {
    const text = modelCard(input.plan, report, {
      size: 'default',
      method: 0,
      subset: ['e0', 'e2'],
      seed: null,
    });
    const merge = report.cells[0]?.merges.find(({ members }) => members.join() === '0,2');
    expect(text.startsWith('---\nlibrary_name: transformers\n')).toBe(true);
    expect(text).toContain('| e2 | ./e2 | 0.5 |');
    expect(text).toContain(
      `| **mean, as weighted** | | ${report.sizes[0]?.base?.objective.value.toFixed(4)} | ${merge?.objective.toFixed(4)} |`,
    );
    expect(text).toContain('merge_method: task_arithmetic');
  });

  it('says where nothing was measured: other weights, no report', () => {
    const weights = new Map([
      ['e0', 0.3],
      ['e2', 0.7],
    ]);
    const choice = { size: 'default', method: 0, subset: ['e0', 'e2'], seed: null };
    const weighted = modelCard(input.plan, report, { ...choice, weights });
    expect(weighted).toContain('not measured');
    expect(weighted).toContain('| e2 | ./e2 | 0.7 |');
    expect(modelCard(input.plan, null, choice)).toContain('not measured');
  });
});
