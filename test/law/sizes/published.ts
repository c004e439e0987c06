/** Joint laws as printed in arXiv 2509.24244 v4, tables 23 and 24. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const rows = z.array(
  z.object({
    domain: z.string(),
    Lstar: z.number(),
    B: z.number(),
    beta: z.number(),
    A0: z.number(),
    gamma: z.number(),
    b0: z.number(),
  }),
);
const tables = z
  .object({ joint_fit_task_arithmetic: rows, joint_fit_ties: rows })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/published-laws.json', import.meta.url), 'utf8')));

/** Sizes of its models, billions of parameters. */
export const PUBLISHED_SIZES = [0.5, 1.5, 3, 7, 14, 32, 72];

export const PUBLISHED_JOINT = Object.entries(tables).flatMap(([table, laws]) =>
  laws.map(({ domain, b0, ...law }) => ({ name: `${table}, ${domain}`, truth: { ...law, b: b0 } })),
);
