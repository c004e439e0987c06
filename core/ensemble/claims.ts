import { estimated } from '../../words/estimates.ts';
import { meantFor } from '../../words/families.ts';
import { counted, loss } from '../../words/numbers.ts';
import { parameters } from '../../words/units.ts';
import type { Interval } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { EnsembleData } from './data.ts';
import { estimateOf, type JudgedNumbers } from './law-errors.ts';
import { estimateInBits } from './rows.ts';
import type { Claim, Heterogeneous, PoolForm, PoolFormFit, PoolLaw, SingleLaw, Verdict } from './types.ts';

/** The claims of arXiv 2512.23340, each by the difference that decides it. None of its constants is taken over. */
export function claimsOf(
  typical: PoolLaw,
  single: SingleLaw | null,
  heterogeneous: Heterogeneous | null,
  judged: JudgedNumbers,
  data: EnsembleData,
  beyondNoise: Verdict,
): Claim[] {
  const difference = (name: string): Estimated | null => {
    const found = estimateOf(name, judged, data, 'models');
    return found && estimateInBits(found);
  };
  const gated = (claim: Claim): Claim =>
    claim.verdict !== 'confirmed' || beyondNoise === 'confirmed'
      ? claim
      : { ...claim, verdict: 'cannot tell', sentence: `${claim.sentence} ${BUT_NOISE}` };
  return [
    gated(doubted(powerLaw(typical, difference('power_law')), lacksLaws('power_law', judged))),
    gated(doubted(lowerFloor(typical, single, difference('lower_floor')), lacksLaws('lower_floor', judged))),
    doubted(heterogeneousBetter(heterogeneous), false),
  ];
}

const BUT_NOISE = 'But noise alone gives such a curve too, and nothing here shows that there is more.';

/** A difference that decides nothing has its reason said. @param lacking where a law cannot be fitted without some models */
function doubted(claim: Claim, lacking: boolean): Claim {
  const { difference } = claim;
  if (!difference || verdictOf(difference) !== 'cannot tell') return claim;
  const known = difference.low !== null && difference.high !== null;
  return { ...claim, sentence: `${claim.sentence} ${known ? MAY_BE_NONE : lacking ? LACKING : NO_ERROR}` };
}

function lacksLaws(name: string, { replicates, withoutModels }: JudgedNumbers): boolean {
  return [...replicates, ...withoutModels].some((numbers) => !numbers.has(name));
}

const MAY_BE_NONE = 'Its interval holds zero: there may be none.';
const LACKING =
  'How sure that is cannot be told: without some of the models too few budgets or sizes are left for a law.';
const NO_ERROR = 'How sure that is cannot be told: there are too few models, or too few samples of a domain.';

export function verdictOf({ low, high }: Estimated): Verdict {
  if (low !== null && low > 0) return 'confirmed';
  return high !== null && high < 0 ? 'not confirmed' : 'cannot tell';
}

function powerLaw({ forms, reason }: PoolLaw, difference: Estimated | null): Claim {
  const claim = 'power_law';
  const [power, rival] = [true, false].map((isPower) =>
    forms.find(({ form }) => form.startsWith('power') === isPower),
  );
  if (!power || !rival || !difference)
    return { claim, verdict: 'cannot tell', difference: null, sentence: reason ?? 'No law can be fitted.' };
  const sentence =
    `${FORMS[power.form]} foretells larger budgets to ${loss(power.held_out, 4)} bits per byte, ` +
    `${FORMS[rival.form].toLowerCase()} to ${loss(rival.held_out, 4)}: a lead of ${estimated(difference)}.`;
  const verdict = verdictOf(difference);
  return verdict === 'confirmed' && power.misfit
    ? { claim, verdict: 'cannot tell', difference, sentence: `${sentence} But ${misfitText(power.misfit)}` }
    : { claim, verdict, difference, sentence };
}

function misfitText({ parameters: at, residual }: NonNullable<PoolFormFit['misfit']>): string {
  return (
    `no law here fits: with ${parameters(at)} parameters it misses by ${estimated(residual)} bits per byte, more than ` +
    'the error of that point.'
  );
}

const FORMS: Readonly<Record<PoolForm, string>> = {
  power_floor: 'A power law with a floor',
  power: 'A power law without floor',
  logarithm: 'A logarithm',
  saturating: 'A law in the number of models',
  flat: 'A constant',
};

function lowerFloor({ forms }: PoolLaw, single: SingleLaw | null, difference: Estimated | null): Claim {
  const claim = 'lower_floor';
  const fit = forms.find(({ form }) => form === 'power_floor');
  const pools = fit?.parameters['floor'];
  const alone = single?.parameters['floor'];
  const unknown = (sentence: string): Claim => ({
    claim,
    verdict: 'cannot tell',
    difference: null,
    sentence,
  });
  if (!single || alone === undefined)
    return unknown(
      'Single models of fewer than four sizes have no law of their own to hold a floor against.',
    );
  if (!fit || pools === undefined || !difference)
    return unknown('Too few budgets for a law of pools with a floor.');
  if (pools <= 0 || alone <= 0)
    return unknown(`The data set no floor for ${pools <= 0 ? 'pools' : 'single models'}: it stands at zero.`);
  const [best] = forms;
  if (best && best !== fit) return unknown(noFloorShown(best, fit));
  if (fit.misfit) return unknown(`There is no floor of pools: ${misfitText(fit.misfit)}`);
  const under = single.points.filter(({ bits_per_byte }) => bits_per_byte < Math.max(alone, pools));
  if (under.length > 0)
    return unknown(
      `${counted(under.length, 'single model')} ${under.length === 1 ? 'lies' : 'lie'} below such a floor ` +
        `(${loss(pools)} bits per byte for pools, ${loss(alone)} for single models): it is none.`,
    );
  const floor = (value: number, { floor: ends }: Readonly<Record<string, Interval>>) =>
    estimated({ value, low: ends?.[0] ?? null, high: ends?.[1] ?? null });
  return {
    claim,
    verdict: verdictOf(difference),
    difference,
    sentence:
      `Pools level off at ${floor(pools, fit.intervals)} bits per byte, single models at ` +
      `${floor(alone, single.intervals)}: a difference of ${estimated(difference)}.`,
  };
}

/** Where another form foretells as well as the one with a floor, or better. */
function noFloorShown(best: PoolFormFit, fit: PoolFormFit): string {
  const [lead, own] = [loss(best.held_out, 4), loss(fit.held_out, 4)];
  const how =
    lead === own
      ? `as well as a law with a floor, both to ${own} bits per byte`
      : `better than a law with a floor, to ${lead} bits per byte and not ${own}`;
  return `${FORMS[best.form]} foretells larger budgets ${how}: nothing here shows that pools level off.`;
}

function heterogeneousBetter(found: Heterogeneous | null): Claim {
  const claim = 'heterogeneous_better';
  if (!found)
    return {
      claim,
      verdict: 'cannot tell',
      difference: null,
      sentence:
        'There are no pools of one family and of several with models of about the same sizes to compare.',
    };
  const { saving, left_out: left } = found;
  return {
    claim,
    verdict: verdictOf(saving),
    difference: saving,
    sentence:
      `With as many models of about the same sizes, pools of several families save ${estimated(saving)} bits per byte ` +
      `over those of one; the interval is ${meantFor(left.kind)}.`,
  };
}
