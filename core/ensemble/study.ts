import { claimsOf } from './claims.ts';
import type { EnsembleData } from './data.ts';
import { envelopeLaw } from './envelope-law.ts';
import { heterogeneousOf } from './heterogeneous.ts';
import { familyGroups, modelGroups } from './left-out.ts';
import { subjectOf } from './subject.ts';
import type { EnsembleStudy, Verdict } from './types.ts';
import { typicalLaw } from './typical-law.ts';

/** Laws over budgets, and what they say of the claims. Null for a single model. */
export function ensembleStudy(
  data: EnsembleData,
  beyondNoise: Verdict,
  cancelled?: () => boolean,
): EnsembleStudy | null {
  if (data.pool.length < 2) return null;
  const subject = subjectOf(data, cancelled);
  const leftOut = {
    models: modelGroups(data.pool.length, data.seed),
    families: familyGroups(
      subject.models.map(({ family }) => family),
      data.seed,
    ),
  };
  const { typical, single, judged } = typicalLaw(subject, leftOut);
  const heterogeneous = heterogeneousOf(subject, leftOut);
  return {
    typical,
    envelope: envelopeLaw(subject),
    single,
    heterogeneous,
    claims: claimsOf(typical, single, heterogeneous, judged, data, beyondNoise),
  };
}
