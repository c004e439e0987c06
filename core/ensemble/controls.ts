import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { expectedMinima } from './expected-oracle.ts';
import { difficultyBins, independentOracle, independentShare, shufflesFor } from './independence.ts';
import { mixtureOf } from './mixture.ts';
import { nullGroups, type Recommended } from './null-groups.ts';
import { routedByDomain } from './routed.ts';
import { bits, bitsPerByte, lossesOf, minus, oracleOf, perNat, scoreOf } from './rows.ts';
import type { Controls, EnsembleInput, EnsembleOptions } from './types.ts';

/** Everything beside the oracle that says what its gain is worth; `byK`: the benchmark's gain at each k, bits per byte. */
export function controlsOf(
  rows: readonly Losses[],
  data: EnsembleData,
  input: EnsembleInput,
  recommended: Recommended,
  { stage, cancelled }: EnsembleOptions,
): { controls: Controls; byK: (number | null)[] } {
  const complete = stage === 'complete';
  const { routed, gain } = routedByDomain(rows, data);
  const mixture = lossesOf(mixtureOf(rows), data.samples);
  const independence = independentGains(rows, data, complete);
  return {
    byK: independence?.byK ?? rows.map(() => null),
    controls: {
      independence: independence?.control ?? null,
      nulls: nullGroups(recommended, data, complete, cancelled),
      mixture: scoreOf(mixture, data, complete),
      routed: { ...scoreOf(routed, data, complete), gain: bitsPerByte(gain, data, complete) },
      averaged_logits: averagedLogits(data, input, complete),
    },
  };
}

/** Null for a single model, and where the oracle of all gains nothing. */
function independentGains(rows: readonly Losses[], data: EnsembleData, complete: boolean) {
  const { samples, weights, seed } = data;
  const objectives = Float64Array.from(rows, (row) => objectiveOf(row, weights)).sort();
  const best = objectives[0] as number;
  const measured = best - objectiveOf(lossesOf(oracleOf(rows), samples), weights);
  if (rows.length < 2 || !(measured > ROUNDING * best)) return null;
  const scale = perNat(data);
  const bins = difficultyBins(rows, scale);
  const shuffles = shufflesFor(rows.length, samples.tokens.length);
  const oracle = independentOracle(rows, scale, bins, shuffles, seed);
  const byK = Array.from(expectedMinima(objectives), (member, i) => bits(member - (oracle[i] as number)));
  const gain = byK.at(-1) as number;
  const value = gain / bits(measured);
  const share = complete ? independentShare(value, rows, data, bins) : { value, low: null, high: null };
  return { byK, control: { bins: bins.length, shuffles, gain, share } };
}

/** A gain below this part of the loss is a rounding error. */
const ROUNDING = 1e-12;

function averagedLogits(
  data: EnsembleData,
  { averagedLogits: measured = [], models }: EnsembleInput,
  complete: boolean,
): Controls['averaged_logits'] {
  return measured.flatMap(({ members }, i) => {
    const row = data.averaged[i];
    if (!row) return [];
    const own = members.map((name) => data.rows[models.findIndex((model) => model.name === name)] as Losses);
    const worth = (nll: Float64Array) => bits(objectiveOf(lossesOf(nll, data.samples), data.weights));
    const mixture = lossesOf(mixtureOf(own), data.samples);
    return [
      {
        ...scoreOf(row, data, complete),
        members,
        oracle: worth(oracleOf(own)),
        mixture: bits(objectiveOf(mixture, data.weights)),
        gain: bitsPerByte(minus(mixture, row, data.samples), data, complete),
      },
    ];
  });
}
