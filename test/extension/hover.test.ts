import { describe, expect, it } from 'vitest';
import { taskVectors } from '../../core/geometry/task-vectors.ts';
import { curveSvg } from '../../extension/language/curve-drawing.ts';
import { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { hover } from '../../extension/language/hover.ts';
import { formula } from '../../extension/language/law-text.ts';
import { escapeMarkdown, messageMarkdown } from '../../extension/language/markdown.ts';
import { sureGains } from '../../words/donor-gains.ts';
import { cosineText, shareText } from '../../words/task-vectors.ts';
import { sizeOf, sumsOf } from '../geometry/geometry-files.ts';
import { edited, measured, World } from './edited.ts';

const world = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });
const file = measured(
  world,
  'methods:\n  - average\n  - { method: ties, density: 0.5 }\ngoals:\n  within: 0.05\n  weights: { d1: 2 }\n',
);
const cell = file.state?.report?.cells[0];

function at(found: EditedExperiment, text: string, into = 1): string | null {
  const place = found.text.indexOf(text);
  if (place === -1) throw new Error(`no ${text}`);
  return hover(found, found.lines.position(place + into))?.parts.join('\n\n') ?? null;
}

/** As it is read: without the backslashes. */
const read = (markdown: string | null) =>
  (markdown ?? '').replaceAll('&emsp;', '').replace(/\\([!-/:-@[-`{-~])/g, '$1');

describe('hovers', () => {
  it('say of an expert what it brings, how far it is from the base, and how good it is alone', () => {
    const text = read(at(file, 'e4: ./models'));
    const effect = cell?.selection?.attribution[4];
    const digits = (value: number) => value.toFixed(3).replace('-', '−');
    expect(text).toContain('**e4** · expert · in the recommended subset');
    expect(text).toContain(
      `${digits(effect?.effect.value ?? 0)} (${digits(effect?.effect.low ?? 0)} to ${digits(effect?.effect.high ?? 0)})`,
    );
    expect(text).toContain('distance ‖v‖/‖θ0‖ 0.0421 · 494M parameters · bfloat16 · 988 MB');
    expect(text).toMatch(/fingerprint `[0-9a-f]{12}`/);
    const domains = file.state?.report?.sizes[0]?.experts[4]?.domains ?? [];
    expect(text).toContain(
      `| d2 | ${file.state?.report?.sizes[0]?.base?.domains[2]?.toFixed(3)} | ${domains[2]?.toFixed(3)} |`,
    );
    expect(text).not.toMatch(/NaN|undefined|null/);
  });

  it('say of an expert how its task vector lies to the others, at each size that is measured', () => {
    const report = file.state?.report;
    if (!report || !file.state) throw new Error('no report');
    const n = 40;
    const sums = sumsOf(
      Array.from({ length: n }, () => 1),
      world.pool.map((_, e) =>
        Array.from({ length: n }, (_, i) => 0.1 * Math.cos(i * e + e) * (i % 8 === e ? 0 : 1)),
      ),
    );
    const models = sizeOf(world.pool.map((_, e) => e));
    const geometry = taskVectors({ ...sums, crc: '' }, models, world.pool);
    const sizes = report.sizes.map((size) => ({ ...size, geometry }));
    const state = { ...file.state, report: { ...report, sizes } };
    const known = new EditedExperiment(file.text, file.parsed, state);
    const { conflict, closest, zeros } = geometry.experts[4] ?? {};
    const text = read(at(known, 'e4: ./models'));
    expect(text).toContain(
      `task vector: ${shareText(zeros ?? 0)} zeros · opposite signs ${shareText(conflict ?? 0)} · closest ${world.pool[closest?.expert ?? 0]}, cosine ${cosineText(closest?.cosine ?? 0)}`,
    );
    expect(text.match(/‖θ0‖/g)).toHaveLength(1);
    expect(read(at(file, 'e4: ./models'))).not.toContain('task vector:');
  });

  it('say of a tuned scale what it gives, and of a fixed one only what it means', () => {
    const tuned = measured(
      new World({ seed: 7, experts: 4, domains: 2, samples: 40, scaled: true }),
      'methods:\n  - { method: task_arithmetic, scale: tuned }\n  - { method: ties, scale: 0.5 }\n',
    );
    const text = read(at(tuned, 'scale: tuned'));
    expect(text).toContain('`tuned` merges every subset at 1');
    expect(text).toMatch(/The typical loss falls by .* from k = 1 to k = 4/);
    expect(text).toMatch(/The best scale is \d\.\d\d at k = 1/);
    expect(read(at(tuned, 'tuned }'))).toContain('The best scale is');
    expect(read(at(tuned, 'scale: 0.5'))).not.toContain('The best scale');
    expect(at(tuned, 'scale: tuned')).not.toMatch(/NaN|undefined|null/);
  });

  it('say what dropping or adding an expert would do, whom it helps, and what a pool without it lacks', () => {
    const study = file.state?.report?.study?.cells[0];
    const subset = file.state?.report?.headline.subset ?? [];
    for (const [index, name] of (file.state?.report?.pool ?? []).entries()) {
      const text = read(at(file, `${name}: ./models`));
      const verb = subset.includes(name) ? 'Dropping it from' : 'Adding it to';
      expect(text).toContain(`${verb} the recommended subset changes the loss by`);
      expect(text).toContain('A pool without it: ');
      const sure = study ? sureGains(study.synergy).some(({ donor }) => donor === index) : false;
      expect(text.includes('Against the other donors it gives ')).toBe(sure);
    }
    const early = measured(world, '', { stage: 'points' });
    expect(read(at(early, 'e4: ./models'))).not.toMatch(/recommended subset changes|A pool without/);
  });

  it('say at the pool and at the budget what the answer is', () => {
    const planned = measured(world, 'budget: { target_loss: 1.4 }\n');
    expect(read(at(planned, 'experts:'))).toMatch(/The pool: .*\n\n.*experts.*\n.*Which one can I drop\?/s);
    const sentences = planned.state?.report?.study?.planning?.sentences ?? [];
    expect(sentences.length).toBeGreaterThan(1);
    expect(read(at(planned, 'budget:'))).toContain(sentences.join('  \n'));
  });

  it('say of a method its law, how well it fits, and draw it', () => {
    const text = at(file, '- average', 3) ?? '';
    const law = cell?.curves[0];
    expect(read(text)).toContain('**average** · The mean of the task vectors.');
    expect(text).toContain(`\`${law && formula(law)}\``);
    expect(read(text)).toContain(`form ${law?.form} · R² ${law?.r2?.toFixed(4)}`);
    expect(text).toMatch(/!\[[^\]]*\]\(data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+\|width=260,height=96\)/);
    expect(text).toContain('| L∞ |');
    expect(read(at(file, 'ties', 1))).toContain('**ties** · Trim, elect a sign');
  });

  it('say of a domain what is scored in it, wherever it is named', () => {
    const domain = file.state?.report?.domains[1];
    for (const place of ['d1: ./eval', 'd1: 2']) {
      const text = read(at(file, place));
      expect(text).toContain(`40 samples · ${domain?.scored_tokens} scored tokens · 0 cut at max_length`);
      expect(text).toMatch(/base \d\.\d{3} · floor \d/);
    }
    const pattern = edited(
      'base: ./b\nexperts: { d0: ./x, d1: ./y }\nevaluation:\n  data: ./eval/{domain}.json\n',
      { report: file.state?.report ?? null },
    );
    expect(at(pattern, './eval')).toContain('| d2 | &emsp;40 |');
  });

  it('say of every key what it means', () => {
    expect(read(at(file, 'within'))).toContain('within this many nats of the best reachable k');
    expect(read(at(file, 'density'))).toBe(
      '**density** · default `1`\n\nShare of each task vector that is kept, the largest magnitudes.',
    );
    expect(read(at(edited('embeddings: exact\n'), 'embeddings'))).toContain(
      '`exact`, `common_rows` · default `exact`',
    );
    expect(at(edited('nonsense: 1\n'), 'nonsense')).toBeNull();
  });

  it('say why their numbers are of another text', () => {
    const stale = measured(world, '', {}, { stale: 'The data changed.' });
    expect(read(at(stale, 'e0: ./models'))).toContain('*The data changed.*');
  });

  it('need nothing to be measured', () => {
    const fresh = edited(file.text);
    expect(at(fresh, 'e4: ./models')).toBe('**e4** · expert');
    expect(read(at(fresh, '- average', 3))).toBe('**average** · The mean of the task vectors.');
    expect(at(fresh, 'd1: ./eval')).toBeNull();
  });
});

describe('hostile names', () => {
  it('are text in Markdown, nothing else', () => {
    const name =
      '[x](command:a) <img src=x onerror=y> `c` $(zap) | ![i](http://h/) \u202e\n# h https://e.xyz www.e.xyz';
    const escaped = escapeMarkdown(name, 500);
    expect(escaped).not.toMatch(/[\n\u202e]/);
    // Every ASCII mark has its own backslash, so none can begin or end anything.
    expect(escaped.replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[!-/:-@[-`{-~]/);
    expect(read(escaped)).toBe(name.replace(/[\n\u202e]/g, '\ufffd'));
    expect(escapeMarkdown('x'.repeat(10_000)).length).toBe(60);
  });

  it('keep code in messages as code, closed', () => {
    expect(messageMarkdown('`ab` is not *x*.')).toBe('`ab` is not \\*x\\*\\.');
    expect(messageMarkdown('an `open one')).toBe('an \\`open one');
    expect(messageMarkdown('`a`b`')).toBe('`a`b\\`');
  });
});

describe('the drawn curve', () => {
  it('has a dot for every k, and holds nothing but numbers', () => {
    const curve = cell?.curves[0];
    if (!curve) throw new Error('no curve');
    const svg = curveSvg({ ...curve, domain: '<script>' }, 1.8) ?? '';
    expect(svg.match(/<circle/g)).toHaveLength(6);
    expect(svg).not.toMatch(/NaN|Infinity|script|undefined/);
    const ys = [...svg.matchAll(/cy="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
  });

  it('draws a single point, and nothing where there is none', () => {
    const curve = cell?.curves[0];
    if (!curve) throw new Error('no curve');
    const law = { form: null, parameters: null, recommended_k: null } as const;
    const svg = curveSvg({ ...curve, ...law, pool: 1, points: curve.points.slice(0, 1) }, null);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(curveSvg({ ...curve, ...law, points: [] }, null)).toBeNull();
  });
});

describe('a sweep until its means are known', () => {
  it('says at its subsets how well the means are known', () => {
    const more = 'sweep:\n  subsets: { precision: 0.5, at_most: 60 }\n';
    const text = read(at(measured(world, more), 'subsets:'));
    expect(text).toContain('**subsets**');
    expect(text).toMatch(
      /Every mean is known to ±0\.\d+ nats \(±0\.5 asked for\), after 60 of at most 60 merges\./,
    );
    expect(text).toMatch(/k = 2: .* ± .* by \d of 15; k = 3: .* by 6 of 20/);
    expect(text).toMatch(/The evaluation samples leave ±/);
  });
});
