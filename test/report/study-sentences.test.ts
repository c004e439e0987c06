import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { expertSentences } from '../../core/report/study/expert-sentences.ts';
import { mergeWeightsLine } from '../../core/report/study/merge-weights.ts';
import type { Synergy } from '../../core/selection/synergy.ts';
import { sureGains } from '../../words/donor-gains.ts';
import { addSentence, dropSentence, neighbourSentence } from '../../words/neighbours.ts';
import { inputOf, World } from './world.ts';

const pool = ['algebra', 'biology', 'code'];
const row = (expert: number, value: number, half: number | null) => ({
  expert,
  change: {
    value,
    low: half === null ? null : value - half,
    high: half === null ? null : value + half,
  },
});

describe('which one can I drop?', () => {
  const drop = (...rows: Parameters<typeof dropSentence>[0]['drop']) =>
    dropSentence({ drop: rows, add: [] }, pool);

  it('names what may cost nothing, and what costs most', () => {
    expect(drop(row(0, 0.002, 0.003), row(1, 0.02, 0.003), row(2, 0.001, 0.003))).toBe(
      'Any one of code and algebra may cost nothing: without code, +0.0010 (−0.0020 to +0.0040). ' +
        'Most is lost without biology, +0.0200 (+0.0170 to +0.0230).',
    );
    expect(drop(row(0, 0.002, 0.003))).toContain('Least is lost without algebra, +0.0020');
    expect(drop(row(0, 0.002, 0.003))).toContain('which may be nothing');
  });

  it('says that each is needed, that one harms, or that nothing is sure yet', () => {
    expect(drop(row(0, 0.02, 0.003), row(1, 0.05, 0.003))).toMatch(/^None for nothing: .* algebra/);
    expect(drop(row(0, -0.02, 0.003))).toMatch(/^The loss falls without algebra, −0\.0200/);
    const waiting = drop(row(0, 0.002, null), row(1, 0.02, null));
    expect(waiting).toBe('Least is lost without algebra, +0.002.');
    expect(drop(row(0, -0.002, null))).toBe('The loss is lowest without algebra, −0.002.');
  });

  it('names those whose merge is not measured, and is empty where none is', () => {
    expect(drop(row(0, 0.02, 0.003), { expert: 2, change: null })).toBe(
      'Of those measured (1 of 2), least is lost without algebra, +0.0200 (+0.0170 to +0.0230). Not measured: code.',
    );
    expect(drop({ expert: 2, change: null })).toBe('');
  });
});

describe('what would one more buy?', () => {
  const add = (value: number, half: number) => addSentence({ drop: [], add: [row(1, value, half)] }, pool);

  it('is something, perhaps nothing, or harm', () => {
    expect(add(-0.02, 0.003)).toMatch(/^Most with biology, −0\.0200/);
    expect(add(-0.002, 0.003)).toMatch(/^Perhaps nothing: the best is biology/);
    expect(add(0.02, 0.003)).toMatch(/^Nothing: even biology, \+0\.0200 .* makes it worse\.$/);
    expect(addSentence({ drop: [], add: [] }, pool)).toBe('');
    const some = { drop: [], add: [row(1, 0.02, 0.003), { expert: 2, change: null }] };
    expect(addSentence(some, pool)).toMatch(
      /^Of those measured \(1 of 2\), even biology, .* makes it worse\. Not measured: code\.$/,
    );
  });

  it('is told of each expert by whether it is in the subset', () => {
    const neighbours = { drop: [row(0, 0.02, 0.003)], add: [row(1, -0.001, 0.003)] };
    expect(neighbourSentence(neighbours, 0)).toMatch(
      /^Dropping it from .* by \+0\.0200 \(\+0\.0170 to \+0\.0230\)\.$/,
    );
    expect(neighbourSentence(neighbours, 1)).toMatch(/^Adding it to .* which may be nothing\.$/);
    expect(neighbourSentence(neighbours, 2)).toBe('');
  });
});

describe('an expert in the study', () => {
  const world = new World({ seed: 5, experts: 5, domains: 3, samples: 60 });
  const report: Report = makeReport(inputOf(world), { stage: 'complete' });
  const study = report.study?.cells[0];
  if (!study) throw new Error('a complete report has a study');

  it('is told by its going or coming, by sure effects only, and by its absence from the pool', () => {
    const gains = sureGains(study.synergy);
    expect(gains.length).toBeGreaterThan(0);
    expect(gains.every(({ gain }) => gain.discovered)).toBe(true);
    for (const [expert] of report.pool.entries()) {
      const said = expertSentences(study, report, expert).join('\n');
      const own = gains.filter(({ donor }) => donor === expert);
      const best = own[0];
      expect(said.includes('Against the other donors')).toBe(own.length > 0);
      if (best && best.gain.value > 0)
        expect(said).toContain(`most to ${report.domains[best.domain]?.name}, +`);
      expect(said).toMatch(/^(Dropping it from|Adding it to) the recommended subset/);
      const pools = study.pools.find(({ without }) => without.join() === `${expert}`);
      expect(said).toContain(`at its best k, ${pools?.best?.k},`);
      expect(said).not.toMatch(/NaN|undefined|null/);
    }
  });
});

describe('sure gains', () => {
  const entry = (value: number, discovered = true) => ({
    value,
    low: value - 0.01,
    high: value + 0.01,
    p: 0,
    q: 0,
    discovered,
    comparisons: 4,
  });

  it('stand beside the own expert where a domain has one, best first, without that expert itself', () => {
    // Two donors, two domains: the first is the first donor's own, the second nobody's.
    const adjusted = [
      [entry(0.9), entry(0.2)],
      [entry(-0.9), entry(-0.2, false)],
    ];
    const with_own = [
      [entry(0.5), null],
      [entry(0.3), null],
    ];
    const gains = sureGains({ own: [0, null], adjusted, with_own } as unknown as Synergy);
    expect(gains.map(({ donor, domain, gain }) => [donor, domain, gain.value])).toEqual([
      [1, 0, 0.3],
      [0, 1, 0.2],
    ]);
  });
});

describe('weights to paste', () => {
  const size = { name: 'L', declared: true, parameters: 1, base: null, experts: [], geometry: null };

  it('are a line that the experiment reads as it was meant', () => {
    const line = mergeWeightsLine({ pool: ['1e5', 'b-c', 'd'], sizes: [size] }, 'L', [0.123456, 1e-7, 0]);
    expect(line).not.toContain('\n');
    expect(parse(line)).toEqual({ merge: { size: 'L', weights: { '1e5': 0.1235, 'b-c': 1e-7 } } });
    const text = `base: ./b\nexperts: { 1e5: ./x, b-c: ./y, d: ./z }\nevaluation: { data: { d: ./d.json } }\n`;
    const single = mergeWeightsLine({ pool: ['1e5', 'b-c', 'd'], sizes: [] }, 'default', [0.5, 0.25, 0]);
    const { experiment, diagnostics } = parseExperiment(`${text}${single}\n`);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([...(experiment?.merge?.weights ?? [])]).toEqual([
      ['1e5', 0.5],
      ['b-c', 0.25],
    ]);
  });
});
