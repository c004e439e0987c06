/** Plans of ensembles: a header that names every model, then one line a model. */
import * as z from 'zod';
import { type MergeKey, SCORER, STORE_FORMAT } from '../format.ts';
import { sha256Hex } from '../hex.ts';
import { parsePlanOf } from '../plan-file.ts';
import type { EnsemblePlan, EnsemblePlanHeader, EnsemblePlanLine } from './format.ts';
import { memberSchema } from './prepared.ts';

export const ensemblePlanHeaderSchema: z.ZodType<EnsemblePlanHeader> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  scorer: z.literal(SCORER),
  kind: z.literal('ensemble'),
  models: z.record(z.string(), memberSchema),
});

export const ensemblePlanLineSchema: z.ZodType<EnsemblePlanLine> = z.union([
  z.strictObject({ key: sha256Hex<MergeKey>(), model: z.string() }),
  z.strictObject({ key: sha256Hex<MergeKey>(), average: z.array(z.string()).min(2) }),
]);

/** Reads a plan and checks it to the last byte. Throws `store_too_new`, `store_too_old` or `plan_damaged`. */
export function parseEnsemblePlan(id: string, text: string): EnsemblePlan {
  return parsePlanOf(ensemblePlanHeaderSchema, ensemblePlanLineSchema, id, text);
}

/** By what its header says; whether the rest is sound is for its parser. */
export function isEnsemblePlan(text: string): boolean {
  return /^[^\n]*"kind":"ensemble"/.test(text);
}
