/** The page as text: what may run in it, and that nothing from a file can end where it lies. */
import { describe, expect, it } from 'vitest';
import { encodeState } from '../../webview/encoded-state.ts';
import { dashboardHtml, policy } from '../../webview/html.ts';
import { decodeState } from '../../webview/page/state/decode-state.ts';
import { sampleReport } from './sample.ts';
import { dashboardState, names, syntheticReport, worker } from './synthetic-report.ts';

const parts = {
  title: 'Nine',
  script: { text: 'run()' },
  styles: [{ text: 'p{}' }],
  nonce: 'abc',
  source: null,
  experiment: null,
  state: null,
};

describe('policy', () => {
  it('allows our script and styles by nonce, and nothing else', () => {
    const own = policy('abc', null);
    expect(own).toContain("default-src 'none'");
    expect(own).toContain("script-src 'nonce-abc';");
    expect(own).not.toMatch(/unsafe|http|\*|connect/);
  });

  it('in a webview, styles, fonts and pictures may come from its own folder, scripts by nonce only', () => {
    const webview = policy('abc', 'https://host.example');
    expect(webview).toContain("script-src 'nonce-abc';");
    expect(webview).toContain("style-src 'nonce-abc' https://host.example");
  });

  it('refuses a nonce that would end the attribute it stands in', () => {
    expect(() => dashboardHtml({ ...parts, nonce: '"><script>' })).toThrow(RangeError);
  });
});

describe('page', () => {
  it('of a panel names its experiment, so that the panel can be restored before it has shown anything', () => {
    const page = dashboardHtml({ ...parts, experiment: 'file:///a/"<x>&.mergelab.yaml' });
    expect(page).toContain(
      '<meta name="merge-lab-experiment" content="file:///a/&quot;&lt;x&gt;&amp;.mergelab.yaml">',
    );
    expect(dashboardHtml(parts)).not.toContain('merge-lab-experiment');
  });

  it('names every script and style by the nonce and has no style attribute or inline handler', () => {
    const page = dashboardHtml({ ...parts, state: encodeState(dashboardState(null)) });
    for (const [element] of page.matchAll(/<(script|style|link)\b[^>]*>/g))
      expect(element).toContain('nonce="abc"');
    expect(page).not.toMatch(/\sstyle=|\son\w+=/);
  });

  it('a title, a script or a style cannot end its element', () => {
    const page = dashboardHtml({
      ...parts,
      title: '</title><img src=x>',
      script: { text: 'x = "</script><b>"; y = "<!--<script>"' },
      styles: [{ text: 'p{content:"</style><b>"}' }, { uri: 'a"><b>' }],
    });
    expect(page).not.toMatch(/<img|<!--/);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });
});

describe('state in a page', () => {
  it('comes out as it went in, every merge to the last bit', () => {
    const report = sampleReport();
    const read = decodeState(encodeState(dashboardState(report)));
    expect(read).toEqual({ ...dashboardState(report), host: 'file' });
    expect(read.report?.cells[0]?.merges.objective).toEqual(report.cells[0]?.merges.objective);
  });

  it('keeps views into larger buffers apart, and seeds and members beyond 32 experts', () => {
    const report = syntheticReport({ pool: names(40, 'e'), domains: ['d'], merges: 50, seeds: [3, 4] });
    const buffer = new Float64Array(1000).fill(7);
    const [cell] = report.cells;
    if (!cell) throw new RangeError('a report has a cell');
    buffer.set(cell.merges.objective, 100);
    const merges = {
      ...cell.merges,
      members: cell.merges.members.map((word, i) => (i % 2 ? 0x80000000 : word)),
      objective: buffer.subarray(100, 200),
    };
    const read = decodeState(encodeState(dashboardState({ ...report, cells: [{ ...cell, merges }] })));
    expect(read.report?.cells[0]?.merges).toEqual(merges);
  });

  it('hostile names stay inside the element and come out unchanged', () => {
    const hostile = [
      '</script><script>alert(1)</script>',
      '<!--',
      '\u2028\u2029',
      ']]>&lt;',
      '\u202e',
      'x'.repeat(10_000),
    ];
    const report = syntheticReport({ pool: hostile, domains: ['</script>'], merges: 7 });
    const text = encodeState(dashboardState(report));
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(decodeState(text).report?.pool).toEqual(hostile);
  });

  it('of a run that goes on tells what is measured, not that it runs for ever', () => {
    const run = { state: 'running' as const, workers: [worker], pace: [{ at: 1, done: 2 }] };
    const half = { ...sampleReport(), progress: { done: 200, failed: 0, total: 521 } };
    const plan = { total: 521, done: 200, failed: 0, missing: 321, seconds: 30 };
    const read = decodeState(encodeState(dashboardState(half, { run, plan, trusted: false })));
    expect(read).toMatchObject({ run: { state: 'idle', workers: [], pace: [] }, plan: null, trusted: true });
    expect(read.report?.progress).toEqual(half.progress);
  });

  it.each(['/', '\\'])('does not say where the experiment lies on this machine, with %s', (separator) => {
    const file = ['home', 'somebody', 'nine.mergelab.yaml'].join(separator);
    const problem = {
      code: 'model_not_found',
      message: `${file} names no model.`,
      fix: `Look into /home/somebody.`,
      file,
    };
    const text = encodeState(dashboardState(null, { file, problem }));
    expect(text).not.toContain('somebody');
    expect(decodeState(text)).toMatchObject({ file: 'nine.mergelab.yaml', problem: null });
  });
});
