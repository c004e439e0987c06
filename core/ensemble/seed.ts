import { seedOf } from '../selection/resample.ts';
import { digest, sha256 } from '../store/canonical.ts';
import type { EnsembleInput } from './types.ts';

/** From everything that the numbers depend on: the same input always gives the same digits. */
export function seedOfInput({ models, domains, domainOf, bytes }: EnsembleInput): number {
  const hashOf = (values: ArrayLike<number>) => sha256(new Uint8Array(Float64Array.from(values).buffer));
  return seedOf(
    digest({
      domains: domains.map(({ name, weight }) => [name, weight]),
      domainOf: hashOf(domainOf),
      bytes: hashOf(bytes),
      // A merge is in no pool: naming one leaves all digits as they are.
      models: models
        .filter(({ mergeOf }) => !mergeOf)
        .map(({ name, family, nullOf, parameters, servingBytes, nll }) => [
          name,
          family,
          nullOf,
          parameters.total,
          servingBytes,
          hashOf(nll),
        ]),
    }),
  );
}
