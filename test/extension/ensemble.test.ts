import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import type { ExperimentState } from '../../extension/experiments/experiment-state.ts';
import { completions } from '../../extension/language/completion.ts';
import { diagnostics } from '../../extension/language/diagnostics.ts';
import { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { ensembleHeadline, ensembleHeadlineText } from '../../extension/language/ensemble-hints.ts';
import { hints } from '../../extension/language/hints.ts';
import { hover } from '../../extension/language/hover.ts';
import { hoverOfKey } from '../../extension/language/hover-keys.ts';
import { lenses } from '../../extension/language/lenses.ts';
import { replaceSource } from '../../extension/language/model-value.ts';
import { complementary, inputOf } from '../ensemble/pools.ts';
import { ensembleDocument } from '../webview/ensemble-state.ts';
import { stateOf } from './edited.ts';

const SCORED = `kind: ensemble
models:
  small: ./models/small
  again: { model: ./models/again, null_of: small }
  other: ./models/other
evaluation:
  data: { text: ./eval/text.json }
pool: { k: 2 }
`;

const ESTIMATE = {
  seconds: 20,
  memory_bytes: null,
  available_memory_bytes: null,
  disk_bytes: 0,
  free_disk_bytes: null,
  basis: 'a test',
};

const NAMES = ['small', 'again', 'other'];
const PLANTED = inputOf(complementary(3, 60, 3, 5, 1), [{}, { nullOf: 'm0' }, {}], {
  goal: { k: 2, parameters: null, memory: null },
});
const REPORT = ensembleDocument({
  ...PLANTED,
  models: PLANTED.models.map((model, i) => ({
    ...model,
    name: NAMES[i] ?? '',
    nullOf: model.nullOf && 'small',
  })),
});

function withState(more: Partial<ExperimentState>): EditedExperiment {
  return new EditedExperiment(SCORED, parseExperiment(SCORED), stateOf(SCORED, more));
}

const TEXT = `kind: ensemble
models:
  small: ./models/small
  again: { model: ./models/again, null_of: small }
evaluation:
  data: { algebra: ./eval/algebra.json }
`;

async function labels(marked: string): Promise<readonly string[]> {
  const offset = marked.indexOf('‸');
  const found = await completions(marked.replace('‸', ''), offset, { list: async () => [], roots: null });
  return found.map(({ label }) => label);
}

function edited(text: string): EditedExperiment {
  return new EditedExperiment(text, parseExperiment(text), null);
}

describe('an ensemble in the editor', () => {
  it('completes its own keys and none of merging', async () => {
    const keys = await labels(`${TEXT}‸`);
    expect(keys).toEqual(expect.arrayContaining(['pool', 'name', 'target']));
    expect(keys).not.toEqual(expect.arrayContaining(['experts']));
    expect(await labels(`${TEXT}pool:\n  ‸`)).toEqual(['k', 'parameters', 'memory']);
    expect(await labels('base: ./a\n‸')).not.toContain('models');
  });

  it('completes the kind, and the model that another is a copy of', async () => {
    expect(await labels('kind: ‸\n')).toEqual(['merge', 'ensemble']);
    expect(await labels(TEXT.replace('null_of: small', 'null_of: ‸'))).toEqual(['small']);
  });

  it('explains its keys under the mouse', () => {
    expect(hoverOfKey(edited(`${TEXT}pool: { k: 1 }\n`), ['pool', 'k'])).toMatch(/Models at most/);
  });

  it('has its errors underlined', () => {
    const options = { exists: new Map(), folder: '/', home: '/', statistical: true };
    expect(diagnostics(edited(TEXT), options)).toEqual([]);
    const [only, ...others] = diagnostics(edited(`${TEXT}sweep: {}\n`), options);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ code: 'not_in_ensemble', range: { start: { line: 7, column: 1 } } });
  });

  it('offers to run, says how many models there are, and once all are scored only to look', () => {
    const place = { uri: 'file:///a', trusted: true };
    const titles = (more: Partial<ExperimentState>) =>
      lenses(withState(more), place).map(({ title, command }) => [title, command]);
    const others = [
      ['Plan', 'mergeLab.plan'],
      ['Dashboard', 'mergeLab.openDashboard'],
    ];
    expect(titles({})).toEqual([['▶ Run (3 models · local)', 'mergeLab.run'], ...others]);
    const plan = { total: 3, unmerged: 3, done: 1, failed: 0, missing: 2, estimate: ESTIMATE };
    expect(titles({ plan })[0]?.[0]).toBe('▶ Run (2 new · about 20 s)');
    const done = { plan: { ...plan, done: 3, missing: 0 } };
    expect(titles(done)).toEqual(others);
    const unaveraged = [{ members: ['small', 'other'], seconds: 90, cheap: false }];
    const ensemble = { ...REPORT, unaveraged };
    const average = ['Average logits of 1 pool', 'mergeLab.verify'];
    expect(titles({ ...done, ensemble })).toEqual([average, ...others]);
    expect(titles({ ...done, ensemble, stale: 'Changed.' })).toEqual(others);
    const run = { state: 'running', workers: [], pace: [] } as const;
    expect(lenses(withState({ plan, run }), place)[0]).toMatchObject({
      command: 'mergeLab.stop',
      tooltip: 'Stop after the current model',
    });
  });

  it('has the answer at `models`, each loss at its model, and what the limits give at `pool`', () => {
    const headline = ensembleHeadline(withState({ ensemble: REPORT }));
    expect(headline?.position.line).toBe(2);
    expect(headline?.text).toMatch(
      /^serve small and other together, mixed \d.* bits per byte · \w+ alone \d/,
    );
    const all = hints(withState({ ensemble: REPORT }), new Set(['experts', 'goals']));
    expect(all.map(({ position }) => position.line)).toEqual([3, 4, 5, 8]);
    expect(all.map(({ text }) => text.replace(/^[\d.± ]+/, ''))).toEqual([
      '✓',
      'another run of small',
      '✓',
      expect.stringMatching(/^models · 2\.0B parameters · 4\.0 GB · oracle \d\.\d+ ± /),
    ]);
    const stale = hints(withState({ ensemble: REPORT, stale: 'Changed.' }), new Set(['experts']));
    expect(stale.every(({ text }) => text.startsWith('~ '))).toBe(true);
  });

  it('tells of a model under the mouse, of the answer at `models`, and escapes what came from files', () => {
    const at = (line: number) =>
      hover(withState({ ensemble: REPORT }), { line, column: 4 })?.parts.join('\n');
    expect(at(3)).toMatch(/\*\*small\*\* · model · to be served[\s\S]*bits per byte[\s\S]*\| text \|/);
    expect(at(4)).toContain('another run of small');
    const answer = hover(withState({ ensemble: REPORT }), { line: 2, column: 2 })?.parts.join('\n');
    expect(answer).toMatch(/Serve small and other together\\, mixed .* less than \w+ alone/);
  });

  it('underlines models that failed and folders that are not there', () => {
    const left_out = [{ code: 'model_failed', model: 'other', message: 'other is left out: no.', fix: '' }];
    const options = {
      exists: new Map([['/lab/models/small', false]]),
      folder: '/lab',
      home: '/',
      statistical: true,
    };
    const found = diagnostics(withState({ ensemble: { ...REPORT, left_out } }), options);
    expect(found.map(({ code, range }) => [code, range.start.line])).toEqual(
      expect.arrayContaining([
        ['model_missing', 3],
        ['model_failed', 5],
      ]),
    );
  });

  it('underlines limits that no model keeps', () => {
    const warnings = [{ code: 'no_pool_within_limit', message: 'No model is within them.' }];
    const options = { exists: new Map(), folder: '/lab', home: '/', statistical: true };
    const found = diagnostics(withState({ ensemble: { ...REPORT, warnings } }), options);
    expect(found.map(({ severity, code, range }) => [severity, code, range.start.line])).toContainEqual([
      'error',
      'no_pool_within_limit',
      8,
    ]);
  });

  it('can have another folder written for a model, whether it stands alone or among other facts', () => {
    const text = edited(SCORED);
    const places = ['small', 'again', 'nobody'].map((name) => {
      const change = replaceSource(text, name, './elsewhere');
      return change && [text.lines.slice(change.range), change.newText];
    });
    expect(places).toEqual([['./models/small', './elsewhere'], ['./models/again', './elsewhere'], null]);
  });

  it('says at `pool` that nothing fits, and names nothing to serve', () => {
    const limit = { k: null, parameters: 1e4, memory: null };
    const state = withState({ ensemble: { ...REPORT, limit, goal: null } });
    const shown = hints(state, new Set(['experts', 'goals']));
    expect(shown.map(({ text }) => text.replace(/^[\d.± ]+/, ''))).toEqual([
      '',
      'another run of small',
      '',
      'nothing fits',
    ]);
    expect(ensembleHeadline(state)?.text).toMatch(/^no model is within the limits of pool/);
  });

  it('says how far it is while models are being scored', () => {
    expect(ensembleHeadlineText({ ...REPORT, progress: { done: 2, failed: 0, total: 3 } })).toMatch(
      /so far, 2 of 3$/,
    );
  });
});
