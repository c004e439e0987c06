import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Method } from '../../core/experiment/experiment.ts';
import { makeReport } from '../../core/report/make-report.ts';
import { mergePoints } from '../../core/report/merge-table.ts';
import { mergekitYaml } from '../../core/report/mergekit.ts';
import { modelCard } from '../../core/report/model-card.ts';
import type { Cell } from '../../core/report/report.ts';
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

/** The header with another source of e0, and of the base where one is given. */
function sourced({ header }: Plan, e0: string, base?: string): Plan['header'] {
  const size = header.sizes['default'];
  const expert = size?.experts['e0'];
  if (!size || !expert) throw new Error('a size with e0');
  const experts = { ...size.experts, e0: { ...expert, source: e0 } };
  return {
    ...header,
    sizes: { default: { ...size, base: { ...size.base, source: base ?? size.base.source }, experts } },
  };
}

describe('mergekitYaml', () => {
  it('writes an average as task vectors of equal weight, in float32', () => {
    const text = yamlOf({ method: 'average', compatibility: 'none' });
    expect(parse(text ?? '')).toEqual({
      merge_method: 'task_arithmetic',
      base_model: '/models/base',
      models: [
        { model: '/models/e0', parameters: { weight: 0.5 } },
        { model: '/models/e2', parameters: { weight: 0.5 } },
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

  it('writes weights as they are, whatever the method', () => {
    const ties: Method = {
      method: 'ties',
      scale: 0.5,
      density: 0.3,
      trim_scope: 'model',
      compatibility: 'none',
    };
    const { header } = planOf(experimentOf(world, { methods: [ties] }));
    const weights = new Map([
      ['e0', 0.9],
      ['e2', -0.2],
    ]);
    const choice = { size: 'default', method: 0, subset: ['e0', 'e2'], seed: null, weights };
    const document = parse(mergekitYaml(header, choice) ?? '');
    expect(document).toMatchObject({ merge_method: 'task_arithmetic', parameters: { normalize: false } });
    expect(document.models.map((model: { parameters: unknown }) => model.parameters)).toEqual([
      { weight: 0.9 },
      { weight: -0.2 },
    ]);
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

  it.each([
    ['./e0', '/models/e0'],
    ['../e0', '/models/e0'],
    ['/elsewhere/e0', '/models/e0'],
    ['~/e0', '/models/e0'],
    ['org/model@0123abc', 'org/model@0123abc'],
  ])('names %s as %s, so that it is found from any folder', (source, named) => {
    const text = yamlOf({ method: 'average', compatibility: 'none' }, null, (plan) => sourced(plan, source));
    expect(parse(text ?? '')).toMatchObject({ base_model: '/models/base', models: [{ model: named }, {}] });
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
    expect(parse(yamlOf(average, null, adapters) ?? '').models[0].model).toBe('/models/base+/models/e0');
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
    const merge = mergePoints((report.cells[0] as Cell).merges).find(
      ({ members }) => members.join() === '0,2',
    );
    expect(text.startsWith('---\nlibrary_name: transformers\n')).toBe(true);
    expect(text).toContain('| e2 | ./e2 | 0.5 |');
    expect(text).toContain(
      `| **mean, as weighted** | | ${report.sizes[0]?.base?.objective.value.toFixed(4)} | ${merge?.objective.toFixed(4)} |`,
    );
    expect(text).toContain('merge_method: task_arithmetic');
  });

  it('links to models of the hub, and to none where the base is a folder', () => {
    const choice = { size: 'default', method: 0, subset: ['e0', 'e2'], seed: null };
    const frontMatter = (header: Plan['header']) =>
      parse(modelCard({ ...input.plan, header }, report, choice).split('---\n')[1] ?? '');
    expect(frontMatter(sourced(input.plan, 'org/e0@1', 'org/base@2')).base_model).toEqual([
      'org/base@2',
      'org/e0@1',
    ]);
    expect(Object.keys(frontMatter(input.plan.header))).toEqual(['library_name', 'tags']);
    expect(frontMatter(sourced(input.plan, 'org/e0@1'))).not.toHaveProperty('base_model');
  });

  it('says in which type the losses were measured, where another one was written', () => {
    const choice = { size: 'default', method: 0, subset: ['e0', 'e2'], seed: null };
    expect(modelCard(input.plan, report, choice, 'bfloat16')).toContain(
      'Measured in float32, on the float32 merge before it was rounded to bfloat16 for these files.',
    );
    expect(modelCard(input.plan, report, choice, 'float32')).not.toContain('rounded');
    expect(modelCard(input.plan, null, choice, 'bfloat16')).not.toContain('rounded');
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
    expect(weighted).toContain('Each task vector times its weight, added to the base, accumulated');
    expect(modelCard(input.plan, null, choice)).toContain('not measured');
  });
});
