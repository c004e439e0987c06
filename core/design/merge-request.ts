/** A merge that is wanted beyond the sweep. */
export type MergeRequest = SubsetRequest | WeightsRequest;

/** A subset that is to be measured, with every seed of its method. */
export interface SubsetRequest {
  readonly purpose: RequestPurpose;
  readonly size: string;
  /** Index into the plan's methods. */
  readonly method: number;
  readonly subset: readonly string[];
}

/** θ0 + Σ w·v is to be measured. */
export interface WeightsRequest {
  readonly purpose: RequestPurpose;
  readonly size: string;
  /** By expert; those of zero are left out. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A person asked for it, or it is to measure what was only foretold. */
export type RequestPurpose = 'requested' | 'verify';
