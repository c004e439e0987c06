import { describe, expect, it } from 'vitest';
import { journey } from './journey.ts';

/** By what each adds to the recommended subset, as `npm run demo` reports it too. */
const ranks = {
  algebra: '6th',
  analysis: '7th',
  biology: '1st',
  chemistry: '2nd',
  code: null,
  discrete: '4th',
  geometry: null,
  number_theory: '5th',
  physics: '3rd',
} as const;

describe('the packaged extension', () => {
  it('runs the sample from its first line to the recommended subset', async () => {
    const { window } = await journey({ name: 'installed-sample' });
    await window.codeLens('▶ Run').click();
    await window.codeLens('■ Stop').waitFor();
    await window.hint('k = 7 (7 alone), within 0.01 of the best').waitFor({ timeout: 170_000 });
    await window.codeLens('Merge recommended subset').waitFor();

    expect(await window.codeLenses()).toEqual(['Merge recommended subset', 'Plan', 'Dashboard']);
    expect(await window.hintsIn(/^experts:/)).toMatch(
      /^k = 7 .* pick algebra, analysis, biology, chemistry, discrete, number_theory, physics$/,
    );
    for (const [expert, rank] of Object.entries(ranks))
      expect(await window.hintsIn(new RegExp(`^\\s+${expert}:`))).toMatch(
        rank === null ? /^[+−]0\.\d{3}$/ : new RegExp(`^[+−]0\\.\\d{3} ✓ ${rank}$`),
      );
    await window.statusBar('k = 7').waitFor();
    await window.webview().getByText('521 of 521').first().waitFor();
  });
});
