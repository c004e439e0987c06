import * as z from 'zod';

/** SHA-256 in lower-case hex, typed as the kind of name that it is. */
export function sha256Hex<T extends string>(): z.ZodType<T> {
  return z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits') as unknown as z.ZodType<T>;
}
