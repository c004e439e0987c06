import { describe, expect, it } from 'vitest';
import { methodTable } from '../../cli/report/method-table.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { syntheticReport } from '../webview/synthetic-report.ts';

describe('methods side by side', () => {
  it('each has its difference to the best one, with its interval', () => {
    const report = syntheticReport({ pool: ['a', 'b'], domains: ['d'], methods: ['average', 'ties'] });
    const [head, best, other] = methodTable(report, styleFor({}, { NO_COLOR: '1' }), 300).split('\n');
    expect(head).toMatch(/method +rank +against the best +k /);
    expect(best).toMatch(/average +1 +best /);
    expect(other).toMatch(/ties +2 +\+0\.3000 \(\+0\.2980 to \+0\.3020\) /);
  });
});
