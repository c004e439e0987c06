/** The table of who helps whom, as data. */
import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import { MATRICES, synergyTable } from '../../webview/page/panels/synergy/synergy-view.ts';
import { freshUi } from '../../webview/page/state/ui-state.ts';
import { sureGains } from '../../words/donor-gains.ts';
import { signed } from '../../words/numbers.ts';
import { inputOf, World } from '../report/world.ts';
import { must, scopeIn } from './sample.ts';

const report = makeReport(inputOf(new World({ seed: 5, experts: 5, domains: 3, samples: 60 })), {
  stage: 'complete',
});
const scope = scopeIn(report);

describe('the table of gains', () => {
  it('begins with the gains that sentences speak of: as many sure, the same numbers, the same sign', () => {
    expect(freshUi.synergy).toBe(MATRICES[0]?.value);
    const table = must(synergyTable(scope, must(MATRICES[0]).value));
    const gains = sureGains(must(report.study?.cells[0]).synergy);
    expect(gains.length).toBeGreaterThan(0);
    const cells = table.rows.flatMap(({ donor, cells }) =>
      cells.map((cell, e) => ({ ...cell, donor, domain: table.columns[e] })),
    );
    expect(cells.filter(({ sure }) => sure)).toHaveLength(gains.length);
    expect(table.summary).toContain(`${gains.length} of `);
    for (const { donor, domain, gain } of gains) {
      const cell = must(
        cells.find(
          (each) => each.donor === report.pool[donor] && each.domain === report.domains[domain]?.name,
        ),
      );
      expect(cell.text).toBe(signed(gain.value, 3));
      expect(Math.sign(cell.heat)).toBe(Math.sign(gain.value));
    }
  });

  it('shows no gain of a domain from its own expert beside that expert', () => {
    const table = must(synergyTable(scope, 'others'));
    for (const { cells } of table.rows) for (const { own, text } of cells) if (own) expect(text).toBe('–');
  });
});
