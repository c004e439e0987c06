/** The sizes of one method, each with its typical curve and the law over sizes that they share. */
import type { SizesLaw } from '../../../../core/law/sizes/sizes-law.ts';
import type { Curve } from '../../../../core/report/report.ts';
import { plain } from '../../../../words/plain.ts';
import { parameters } from '../../../../words/units.ts';
import { curveOf, type Scope } from '../../state/view.ts';
import type { Axis } from '../figure.ts';
import { namedLogAxis } from '../log-axis.ts';

export interface MeasuredSize {
  readonly name: string;
  /** Billions of parameters. */
  readonly N: number;
  readonly curve: Curve | null;
}

export interface MeasuredSizes {
  readonly law: SizesLaw;
  /** Ascending N. */
  readonly sizes: readonly MeasuredSize[];
}

/** Null with a single size, and where another method than the answer's is looked at: only that one has a law over sizes. */
export function measuredSizes({ report, cell, domain }: Scope): MeasuredSizes | null {
  const law = report.study?.sizes_law[domain === null ? 0 : domain + 1];
  const answer = report.cells[report.headline.cell ?? -1];
  if (!law || answer?.method !== cell.method) return null;
  const sizes = report.sizes
    .flatMap(({ name, parameters: count }) => {
      const own = report.cells.find((one) => one.size === name && one.method === cell.method);
      return own ? [{ name: plain(name, 24), N: count / 1e9, curve: curveOf(own, domain) }] : [];
    })
    .sort((a, b) => a.N - b.N);
  return sizes.length < 2 ? null : { law, sizes };
}

export function sizeAxis(sizes: readonly MeasuredSize[]): Axis {
  return namedLogAxis(
    'parameters, N',
    sizes.map(({ N }) => ({ value: N, label: parameters(Math.round(1e9 * N)) })),
  );
}

/** `S (39k)`, or the parameters alone of a size that is not measured. */
export function sizeName(sizes: readonly MeasuredSize[], N: number): string {
  const known = sizes.find((size) => Math.abs(size.N - N) <= 1e-9 * N);
  const count = parameters(Math.round(1e9 * N));
  return known ? `${known.name} (${count})` : count;
}

/**
 * L* + B·N^−β + A0·N^−γ/(k + b) (arXiv 2509.24244 eq. 1) with the report's parameters; null with fewer than four
 * sizes, whose floors any law passes through: nothing is then said between them.
 */
export function jointLaw({ parameters: known, sizes }: SizesLaw): ((N: number, k: number) => number) | null {
  if (!known || sizes.length < 4) return null;
  const { Lstar, B, beta, A0, gamma, b } = known;
  return (N, k) => Lstar + B * N ** -beta + (A0 * N ** -gamma) / (k + b);
}
