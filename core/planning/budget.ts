/** What may be spent, and what is wanted; each null where the experiment does not say. */
export interface Budget {
  readonly gpu_hours: number | null;
  /** h */
  readonly hours_per_expert_per_billion: number | null;
  /** Parameters of the model that is served. */
  readonly max_parameters: number | null;
  /** Of its weights. */
  readonly memory_bytes: number | null;
  /** nats per token */
  readonly target_loss: number | null;
}

export const NO_BUDGET: Budget = {
  gpu_hours: null,
  hours_per_expert_per_billion: null,
  max_parameters: null,
  memory_bytes: null,
  target_loss: null,
};

/** Within everything that the budget limits; hours of unknown price are not. */
export function isWithin(
  { gpu_hours: most, max_parameters, memory_bytes: room }: Budget,
  cost: { readonly parameters: number; readonly memory_bytes: number; readonly gpu_hours: number | null },
): boolean {
  return (
    (most === null || cost.gpu_hours === null || cost.gpu_hours <= most) &&
    (max_parameters === null || cost.parameters <= max_parameters) &&
    (room === null || cost.memory_bytes <= room)
  );
}
