/** Sums over the task vectors of one size: `geometry/<key>.json`, measured once by the agent and found by content. */
import * as z from 'zod';
import { digest } from './canonical.ts';
import {
  type Fingerprint,
  type GeometryFile,
  type PlanHeader,
  type PlanSize,
  STORE_FORMAT,
} from './format.ts';
import { sha256Hex } from './hex.ts';
import { checkedJson } from './sealed.ts';

const amount = z.number().nonnegative();
const count = z.number().int().nonnegative();

export const geometryFileSchema: z.ZodType<GeometryFile> = z.strictObject({
  format: z.literal(STORE_FORMAT),
  base: sha256Hex<Fingerprint>(),
  experts: z.array(sha256Hex<Fingerprint>()).min(1),
  embeddings: z.enum(['exact', 'common_rows']),
  coordinates: count,
  sampled: count,
  base_square: amount,
  gram: z.array(z.array(z.number())),
  shared: z.array(z.array(amount)),
  opposite: z.array(z.array(amount)),
  crc: z.string().regex(/^[0-9a-f]{8}$/),
});

type Models = Pick<PlanSize, 'experts'> & { readonly base: Pick<PlanSize['base'], 'fingerprint'> };

/** The name of a size's file: everything that determines it. The same model under two names is one vector. */
export function geometryKey({ base, experts }: Models, embeddings: PlanHeader['embeddings']): string {
  const names = [...new Set(Object.values(experts).map(({ fingerprint }) => fingerprint))].sort();
  return digest({ v: 1, base: base.fingerprint, experts: names, embeddings });
}

/** Null where it is damaged, of another format, of other models than its name says, or says what cannot be. */
export function parseGeometry(bytes: Uint8Array, key: string): GeometryFile | null {
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length;
  const { data } = geometryFileSchema.safeParse(checkedJson(bytes.subarray(0, end)));
  if (!data || keyOf(data) !== key || !isPossible(data)) return null;
  return data;
}

function keyOf({ base, experts, embeddings }: GeometryFile): string {
  return digest({ v: 1, base, experts, embeddings });
}

/** Rounding of sums over billions of entries. */
const TOLERANCE = 1e-6;

/** Shapes fit, |v_i·v_j| ≤ ‖v_i‖·‖v_j‖, and no count is larger than what it is a part of. */
function isPossible({ experts, coordinates, sampled, gram, shared, opposite }: GeometryFile): boolean {
  const m = experts.length;
  const isLower = (rows: GeometryFile['gram']): boolean =>
    rows.length === m && rows.every((row, i) => row.length === i + 1);
  if (![gram, shared, opposite].every(isLower) || sampled > coordinates) return false;
  const at = (rows: GeometryFile['gram'], i: number, j: number): number => rows[i]?.[j] ?? Number.NaN;
  const most = 1 + TOLERANCE;
  return experts.every((_, i) =>
    experts.slice(0, i + 1).every((_, j) => {
      const lengths = Math.sqrt(at(gram, i, i)) * Math.sqrt(at(gram, j, j));
      const both = Math.min(at(shared, i, i), at(shared, j, j), coordinates);
      return (
        Math.abs(at(gram, i, j)) <= most * lengths &&
        at(shared, i, j) <= most * both &&
        at(opposite, i, j) <= (i === j ? 0 : most * at(shared, i, j))
      );
    }),
  );
}
