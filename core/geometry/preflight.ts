/** What measured task vectors change in what is known before a run. */
import type { Prepared } from '../store/format.ts';
import type { ExpertWarning, TaskVectors } from './task-vectors.ts';

type Placed = Prepared['warnings'][number];

/** What `prepare` estimates from a few bytes of each tensor, and task vectors tell better. */
const ESTIMATED = new Set(['expert_equals_base', 'expert_far_from_base']);

/** @param geometry by size; sizes whose task vectors are not known keep their estimates */
export function withTaskVectors(
  prepared: Prepared,
  pool: readonly string[],
  geometry: ReadonlyMap<string, TaskVectors>,
): Prepared {
  if (geometry.size === 0) return prepared;
  const norms = new Map<string, number>();
  const warnings: Placed[] = [];
  for (const [size, { experts, warnings: own }] of geometry) {
    for (const [index, { norm }] of experts.entries())
      if (norm !== null) norms.set(modelId(size, pool, index), norm);
    warnings.push(...own.map((warning) => placed(size, pool, warning)));
  }
  const kept = prepared.warnings.filter(
    ({ code, model }) => !(ESTIMATED.has(code) && model !== undefined && norms.has(model)),
  );
  const models = Object.entries(prepared.models).map(([id, model]) => {
    const distance = norms.get(id) ?? model.distance;
    return [id, { ...model, distance }] as const;
  });
  return { ...prepared, models: Object.fromEntries(models), warnings: [...kept, ...warnings] };
}

function modelId(size: string, pool: readonly string[], expert: number): string {
  return `${size}/expert/${pool[expert]}`;
}

/** In the words of the agent's `compare.py`: the message begins with the model's name. */
function placed(
  size: string,
  pool: readonly string[],
  { code, expert, message, fix }: ExpertWarning,
): Placed {
  const of = size === 'default' ? '' : ` of size ${size}`;
  return {
    code,
    message: `expert ${pool[expert]}${of}: ${message}`,
    fix,
    model: modelId(size, pool, expert),
  };
}
