import type { Warning } from '../curve.ts';
import type { JointFit } from './joint-fit.ts';
import { PARAMETERS } from './parameters.ts';
import type { SizePoints } from './points.ts';
import type { OffsetTest, SizesLaw } from './sizes-law.ts';

/** What a careful reader of a law over sizes would want to be told. Codes are stable. */
export function sizeWarnings(
  points: SizePoints,
  fit: JointFit | null,
  standing: SizesLaw['standing'],
  test: OffsetTest | null,
  asked: readonly number[],
): Warning[] {
  return [
    sizesTooFew(points, asked),
    onBound(fit, standing),
    notIdentified(standing),
    offsetsDiffer(test),
    fit && extrapolates(points, asked),
  ].filter((warning) => warning !== null);
}

function sizesTooFew({ N }: SizePoints, asked: readonly number[]): Warning | null {
  if (N.length >= 4) return null;
  const count = N.length === 1 ? 'One size is' : `${N.length} sizes are`;
  const why =
    N.length === 3
      ? ': L*, B and β pass through any three floors, which leaves nothing to judge them by'
      : '';
  const unseen = asked.filter((size) => !N.includes(size));
  const refused = unseen.length === 0 ? '' : ` No loss is forecast at N = ${unseen.join(', ')}.`;
  return {
    code: 'sizes_too_few',
    message: `${count} measured, and a forecast of another size needs at least four${why}.${refused}`,
  };
}

function onBound(fit: JointFit | null, standing: SizesLaw['standing']): Warning | null {
  if (!fit || !standing) return null;
  const values = fit.model.parameters(fit.x, fit.linear);
  const names = PARAMETERS.filter((name) => standing[name] === 'on_bound');
  if (names.length === 0) return null;
  const list = names.map((name) => `${name} = ${Number(values[name].toPrecision(4))}`).join(', ');
  return {
    code: 'parameter_on_bound',
    message: `${list}: on the bound of the law over sizes; the data ask for a value beyond it.`,
  };
}

function notIdentified(standing: SizesLaw['standing']): Warning | null {
  const names = PARAMETERS.filter((name) => standing?.[name] === 'not_identified');
  if (names.length === 0) return null;
  return {
    code: names.includes('Lstar') ? 'floor_not_identified' : 'parameter_not_identified',
    message: `The data set no limit to ${names.join(', ')} of the law over sizes.`,
  };
}

function offsetsDiffer(test: OffsetTest | null): Warning | null {
  if (!test || test.does_as_well) return null;
  return {
    code: 'offsets_differ',
    message: `One offset b for all sizes fits worse than one for each (p = ${test.p.toPrecision(2)}): the sizes fall with k in different ways.`,
  };
}

function extrapolates({ N }: SizePoints, asked: readonly number[]): Warning | null {
  const [first = 0, last = 0] = [N[0], N.at(-1)];
  const outside = asked.filter((size) => size > last || size < first);
  if (N.length < 4 || outside.length === 0) return null;
  return {
    code: 'extrapolates',
    message: `N = ${outside.join(', ')} lies outside the measured sizes, ${first} to ${last}.`,
  };
}
