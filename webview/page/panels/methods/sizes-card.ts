/** The law over sizes in words: what the data say of each parameter, and how well it forecasts. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HeldOut, JointParameter, SizesLaw, Standing } from '../../../../core/law/sizes/sizes-law.ts';
import { estimated } from '../../../../words/estimates.ts';
import { NONE, significant } from '../../../../words/numbers.ts';
import { plain } from '../../../../words/plain.ts';
import { millinats } from '../../../../words/units.ts';
import { type MeasuredSize, measuredSizes, sizeName } from '../../figures/sizes/measured-sizes.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';

const SYMBOLS: Readonly<Record<JointParameter, string>> = {
  Lstar: 'L*',
  B: 'B',
  beta: 'β',
  A0: 'A₀',
  gamma: 'γ',
  b: 'b',
};

const STANDINGS: Readonly<Record<Standing, string>> = {
  identified: '',
  saturated: 'through any three floors',
  on_bound: 'on its bound',
  not_identified: 'not identified',
};

/** Nothing without a law over sizes. */
export function sizesCard(scope: Scope): TemplateResult | typeof nothing {
  const found = measuredSizes(scope);
  if (!found) return nothing;
  const { law, sizes } = found;
  const reasons = law.parameters === null ? (law.reasons['parameters'] ?? '') : '';
  return html`<div>
    <h3>The law over sizes <span class="muted">${domainName(scope.report, scope.domain)}</span></h3>
    <dl class="law">
      <div><dt>Law</dt><dd>L(N, k) = L* + B·N^−β + A₀·N^−γ/(k + b)</dd></div>
      ${parameterRows(law)}
      ${law.rmse === null ? nothing : html`<div><dt>Rmse</dt><dd>${millinats(law.rmse)}</dd></div>`}
    </dl>
    ${floors(law, sizes)} ${heldOut(law.held_out, sizes)}
    ${[reasons, ...law.warnings.map(({ message }) => message)]
      .filter(Boolean)
      .map((text) => html`<p class="table-note">${plain(text, 600)}</p>`)}
  </div>`;
}

function parameterRows({ parameters, intervals, standing }: SizesLaw): TemplateResult[] {
  if (!parameters) return [];
  const names = Object.keys(SYMBOLS) as JointParameter[];
  return names.map((name) => {
    const [low, high] = intervals?.[name] ?? [null, null];
    const said = standing ? STANDINGS[standing[name]] : '';
    const value = estimated({ value: parameters[name], low, high });
    return html`<div>
      <dt>${SYMBOLS[name]}${said ? html` <span class="badge badge-quiet">${said}</span>` : nothing}</dt>
      <dd>${value}</dd>
    </div>`;
  });
}

function floors(
  { by_size: bySize }: SizesLaw,
  sizes: readonly MeasuredSize[],
): TemplateResult | typeof nothing {
  if (!bySize) return nothing;
  const own = (b: number | null) => (b === null ? NONE : significant(b, 2));
  return html`<h4>
      Floor and tail at each size, one offset b = ${estimated({ value: bySize.b, low: bySize.b_low, high: bySize.b_high })}
    </h4>
    <dl class="law">
      ${bySize.sizes.map(
        ({ N, floor, tail, own_b }) =>
          html`<div>
            <dt>${sizeName(sizes, N)}</dt>
            <dd>L∞ ${estimated(floor)} · A ${estimated(tail)} · own b ${own(own_b)}</dd>
          </div>`,
      )}
    </dl>`;
}

function heldOut(rows: readonly HeldOut[], sizes: readonly MeasuredSize[]): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`<h4>Forecasting a size that it has not seen, the law misses by</h4>
    <dl class="law">
      ${rows.map(
        ({ kind, N, rms }) =>
          html`<div>
            <dt>${sizeName(sizes, N)}, ${kind === 'later' ? 'from smaller sizes' : 'from all others'}</dt>
            <dd>${millinats(rms)}</dd>
          </div>`,
      )}
    </dl>`;
}
