import * as z from 'zod';
import { ensemblePlanHeaderSchema, ensemblePlanLineSchema } from './ensemble/plan-file.ts';
import { preparedEnsembleFileSchema } from './ensemble/prepared.ts';
import { evaluationSetSchema } from './evaluation.ts';
import { geometryFileSchema } from './geometry.ts';
import { planHeaderSchema, planLineSchema } from './plan-file.ts';
import { preparedFileSchema } from './prepared.ts';
import { calls, notificationSchema, notifications, requestSchema, responseSchema } from './protocol.ts';
import { resultHeaderSchema, resultLineSchema } from './result-schema.ts';
import { workerStatusSchema } from './status.ts';
import { taskScoreSchema } from './task-scores.ts';

/** JSON Schemas (2020-12) of the store's files and of every message, by file name under `core/store/schemas`. */
export function storeJsonSchemas(): ReadonlyMap<string, unknown> {
  const schemas = new Map<string, z.ZodType>([
    ['file.plan-header', planHeaderSchema],
    ['file.plan-line', planLineSchema],
    ['file.ensemble-plan-header', ensemblePlanHeaderSchema],
    ['file.ensemble-plan-line', ensemblePlanLineSchema],
    ['file.prepared-ensemble', preparedEnsembleFileSchema],
    ['file.evaluation', evaluationSetSchema],
    ['file.prepared', preparedFileSchema],
    ['file.geometry', geometryFileSchema],
    ['file.result-header', resultHeaderSchema],
    ['file.result-line', resultLineSchema],
    ['file.status', workerStatusSchema],
    ['file.task-score', taskScoreSchema],
    ['message.request', requestSchema],
    ['message.response', responseSchema],
    ['message.notification', notificationSchema],
  ]);
  for (const [name, { params, answer }] of Object.entries(calls)) {
    schemas.set(`call.${name}.params`, params);
    schemas.set(`call.${name}.answer`, answer);
  }
  for (const [name, params] of Object.entries(notifications)) schemas.set(`notification.${name}`, params);
  return new Map(
    [...schemas].map(([name, schema]) => [`${name}.json`, z.toJSONSchema(schema, { io: 'input' })]),
  );
}
