/** What the models that are missing will take. */
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import type { EnsembleOutline, Look } from '../analysis-messages.ts';
import { freeDisk } from '../plan-estimate.ts';
import type { PlanEstimate } from '../session-types.ts';

/** A float32 loss as base64. */
const BYTES_PER_SAMPLE = 16 / 3;
const BYTES_PER_LINE = 400;

export function estimateEnsemble(
  { header }: EnsembleOutline,
  { estimate, evaluations }: PreparedEnsemble,
  { missing }: Look,
  store: string,
): PlanEstimate {
  const models = missing.map(({ size }) => size);
  const disk = models
    .flatMap((model) => Object.values(header.models[model]?.evaluations ?? {}))
    .reduce((sum, id) => sum + BYTES_PER_LINE + BYTES_PER_SAMPLE * (evaluations[id]?.samples ?? 0), 0);
  return {
    seconds: estimate && secondsOf(models, estimate.seconds),
    memory_bytes: estimate?.memory_bytes ?? null,
    available_memory_bytes: estimate?.available_memory_bytes || null,
    disk_bytes: Math.ceil(disk),
    free_disk_bytes: freeDisk(store),
    basis: estimate?.basis ?? 'nothing measured yet',
  };
}

/** Whether so many models surely fit into memory at once; where that is not known, the agent finds out. */
export function fitTogether(models: number, { estimate }: Pick<PreparedEnsemble, 'estimate'>): boolean {
  if (!estimate || estimate.available_memory_bytes === 0) return true;
  return models * estimate.memory_bytes <= estimate.available_memory_bytes;
}

/** Null as soon as one model was not judged. */
function secondsOf(models: readonly string[], judged: Readonly<Record<string, number>>): number | null {
  const each = models.map((model) => judged[model]);
  return each.every((seconds) => seconds !== undefined) ? each.reduce((sum, one) => sum + one, 0) : null;
}
