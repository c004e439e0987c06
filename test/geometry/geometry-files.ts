/** Files as the agent writes them, from vectors that are known. */
import { crc32 } from 'node:zlib';
import type { Fingerprint, GeometryFile, PlanModel, PlanSize } from '../../core/store/format.ts';

export type Sums = Omit<GeometryFile, 'crc'>;

/** Lower-case hex that begins with the name's position, so that the order of names is that of files. */
export function fingerprintOf(index: number): Fingerprint {
  return index.toString(16).padStart(2, '0').repeat(32) as Fingerprint;
}

function model(index: number): PlanModel {
  return {
    fingerprint: fingerprintOf(index),
    path: `/m/${index}`,
    source: `./m/${index}`,
    kind: 'checkpoint',
  };
}

/** A pool of e0, e1, ... by the models at these places. */
export function sizeOf(models: readonly number[]): PlanSize {
  const experts = Object.fromEntries(models.map((index, i) => [`e${i}`, model(index)]));
  return { base: model(255), experts, parameters: 1000 };
}

/** @param base θ0 [n] @param vectors v [M][n] */
export function sumsOf(base: readonly number[], vectors: readonly (readonly number[])[]): Sums {
  const lower = (of: (a: number, b: number) => number) =>
    vectors.map((v, i) =>
      vectors.slice(0, i + 1).map((w) => v.reduce((sum, x, n) => sum + of(x, w[n] ?? 0), 0)),
    );
  return {
    format: 1,
    base: fingerprintOf(255),
    experts: vectors.map((_, i) => fingerprintOf(i)),
    embeddings: 'exact',
    coordinates: base.length,
    sampled: base.length,
    base_square: base.reduce((sum, x) => sum + x * x, 0),
    gram: lower((a, b) => a * b),
    shared: lower((a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
    opposite: lower((a, b) => (a * b < 0 ? 1 : 0)),
  };
}

/** With its check as the last field, and its end of line. */
export function sealed(document: object): Uint8Array {
  return sealedText(JSON.stringify(document));
}

export function sealedText(text: string): Uint8Array {
  const body = Buffer.from(text.slice(0, -1));
  const check = crc32(body).toString(16).padStart(8, '0');
  return Buffer.concat([body, Buffer.from(`,"crc":"${check}"}\n`)]);
}
