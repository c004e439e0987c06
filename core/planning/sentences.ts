import { estimated, plusMinus } from '../../words/estimates.ts';
import { counted, loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import { costText } from '../../words/planning.ts';
import { parameters } from '../../words/units.ts';
import type { Margin, Step } from './margin.ts';
import type { Option, Planning } from './planning.ts';

type Told = Omit<Planning, 'sentences'>;

/** What the planning says: the best within the budget, the cheapest for a loss, the trade at the margin; those that there are. */
export function planningSentences(planning: Told): string[] {
  const margins = planning.margins.map((margin) => marginSentence(planning, margin));
  return [bestSentence(planning), cheapestSentence(planning), ...margins].filter(Boolean);
}

/** `L (494M) with 4 experts, 1.234 (1.200 to 1.268) for 24 GPU-hours of training` */
function optionText(planning: Told, option: Option): string {
  const expected = option.measured ? '' : ', by the law';
  return `${placeText(planning, option)}, ${estimated(option.loss)}${expected} for ${costText(option)} of training`;
}

/** `best: L (494M) with 4 experts · loss 1.234 ± 0.03 · 24 GPU-hours`, or why there is none. */
export function bestInShort(planning: Told): string {
  const option = at(planning, planning.best);
  if (!option) return `no best: ${planning.reasons['best'] ?? 'nothing is known yet'}`;
  return [
    `best: ${placeText(planning, option)}`,
    `typical loss ${plusMinus(option.loss)}`,
    costText(option),
  ].join(' · ');
}

function bestSentence(planning: Told): string {
  const option = at(planning, planning.best);
  if (!option)
    return `No best size and number of experts: ${planning.reasons['best'] ?? 'nothing is known yet'}.`;
  const { gpu_hours, max_parameters, memory_bytes } = planning.budget;
  const within = [gpu_hours, max_parameters, memory_bytes].some((limit) => limit !== null);
  const where = within ? 'Lowest typical loss within the budget' : 'Lowest typical loss, whatever it costs';
  return `${where}: ${optionText(planning, option)}.`;
}

/** Empty where no loss is aimed at. */
function cheapestSentence(planning: Told): string {
  const { target_loss: target } = planning.budget;
  if (target === null) return '';
  const option = at(planning, planning.cheapest);
  if (!option)
    return `A typical loss of ${loss(target)} is not reached: ${planning.reasons['cheapest'] ?? ''}.`;
  const { high } = option.loss;
  const open = high !== null && high > target;
  const sure = open ? ' Its interval reaches above that loss.' : '';
  return `Cheapest whose typical loss reaches ${loss(target)}: ${optionText(planning, option)}.${sure}`;
}

function marginSentence(planning: Told, margin: Margin): string {
  const steps = [
    margin.expert && `one more expert (k = ${margin.expert.k}) saves ${savedText(margin.expert)}`,
    margin.larger &&
      `${counted(margin.k, 'expert')} of size ${plain(margin.larger.size, 40)} instead ${margin.k === 1 ? 'saves' : 'save'} ${savedText(margin.larger)}`,
  ].filter(Boolean);
  return `From ${placeText(planning, margin)}: ${steps.join('; ')}.${verdict(margin)}`;
}

const OPEN: Readonly<Record<NonNullable<Margin['open']>, string>> = {
  no_interval: ' Which of the two saves more for its cost is open: not both have an interval.',
  overlap: ' Which of the two saves more for its cost is open: their intervals overlap.',
  neither_saves: ' Neither surely saves anything.',
};

function verdict({ better, open }: Margin): string {
  if (better === 'expert') return ' The expert saves more for its cost.';
  if (better === 'larger') return ' The larger size saves more for its cost.';
  return open === null ? '' : OPEN[open];
}

function savedText(step: Step): string {
  return `${estimated(step.saves)} nats for ${costText(step)}${step.allowed ? '' : ', which is over the budget'}`;
}

function placeText(planning: Told, { size, k }: { readonly size: string; readonly k: number }): string {
  const sizes = new Set(planning.options.map((option) => option.size));
  const weights = planning.options.find((option) => option.size === size)?.parameters;
  const experts = k === 0 ? 'the base alone' : counted(k, 'expert');
  if (sizes.size <= 1) return experts;
  const name = `${plain(size, 40)}${weights === undefined ? '' : ` (${parameters(weights)})`}`;
  return k === 0 ? `${name}, ${experts}` : `${name} with ${experts}`;
}

function at({ options }: Told, index: number | null): Option | undefined {
  return index === null ? undefined : options[index];
}
