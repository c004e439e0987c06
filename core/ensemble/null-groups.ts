import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { expectedPools } from './oracle-curve.ts';
import { bits, bitsPerByte, lossesOf, minus, oracleOf, ratioOf } from './rows.ts';
import type { NullGroup } from './types.ts';

/** What each declared group of reseeds or quantisations gains over its best member, beside pools of as many models. */
export function nullGroups(rows: readonly Losses[], data: EnsembleData, complete: boolean): NullGroup[] {
  const { models, samples, weights } = data;
  return data.pool.flatMap((original) => {
    const name = models[original]?.name ?? '';
    const controls = [...models.keys()].filter((m) => models[m]?.nullOf === name);
    if (controls.length === 0) return [];
    const group = [original, ...controls];
    const own = group.map((m) => data.rows[m] as Losses);
    const best = own.reduce((a, b) => (objectiveOf(b, weights) < objectiveOf(a, weights) ? b : a));
    const gain = minus(best, lossesOf(oracleOf(own), samples), samples);
    const [pool] = group.length <= rows.length ? expectedPools(rows, [group.length], data) : [];
    return [
      {
        model: name,
        members: group.map((m) => models[m]?.name ?? ''),
        k: group.length,
        gain: bitsPerByte(gain, data, complete),
        pool_gain: pool ? bits(objectiveOf(pool.gain, weights)) : null,
        share: pool ? ratioOf(gain, pool.gain, data, complete) : null,
      },
    ];
  });
}
