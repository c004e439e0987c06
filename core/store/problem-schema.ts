import * as z from 'zod';
import type { Problem } from '../problem.ts';

/** A problem as the agent tells it; whatever else it says of where, is kept apart. */
export const problemSchema: z.ZodType<Problem> = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  file: z.string().exactOptional(),
  line: z.number().int().exactOptional(),
  column: z.number().int().exactOptional(),
});

/** With the model or the domain that it is about. */
export const placedProblemSchema: z.ZodType<Problem & { readonly model?: string; readonly domain?: string }> =
  z.object({
    code: z.string(),
    message: z.string(),
    fix: z.string(),
    file: z.string().exactOptional(),
    line: z.number().int().exactOptional(),
    column: z.number().int().exactOptional(),
    model: z.string().exactOptional(),
    domain: z.string().exactOptional(),
  });
