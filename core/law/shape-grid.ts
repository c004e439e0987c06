import { dot } from './solve.ts';

/** Each grid point's ψ against the column of ones: 1ᵀ1, and of each the slope along it and ψᵀψ without that part. */
export interface ShapeGrid {
  readonly uu: number;
  readonly slope: Float64Array;
  readonly norm: Float64Array;
}

/** @param shapes whitened ψ, shape (t, K) */
export function shapeGrid(ones: Float64Array, shapes: Float64Array, K: number, count: number): ShapeGrid {
  const uu = dot(ones, ones, count);
  const slope = new Float64Array(shapes.length / K);
  const norm = new Float64Array(slope.length);
  for (let index = 0; index < slope.length; index++) {
    let [withOnes, own] = [0, 0];
    for (let i = 0; i < count; i++) {
      const value = shapes[index * K + i] as number;
      withOnes += (ones[i] as number) * value;
      own += value * value;
    }
    slope[index] = withOnes / uu;
    norm[index] = own - (withOnes / uu) ** 2 * uu;
  }
  return { uu, slope, norm };
}
