/**
 * How long diagnostics take after a key stroke in an experiment of 1,000 lines: parsing alone, and everything that the
 * editor shows of it. Milliseconds of this process's CPU, median; the goal is 100.
 */
import { parseExperiment } from '../core/experiment/parse.ts';
import { diagnostics } from '../extension/language/diagnostics.ts';
import { EditedExperiment } from '../extension/language/edited-experiment.ts';
import { folds } from '../extension/language/folding.ts';
import { headlineHint } from '../extension/language/headline.ts';
import { hints } from '../extension/language/hints.ts';
import { fileLinks } from '../extension/language/links.ts';
import { namedFiles } from '../extension/language/named-files.ts';
import { symbols } from '../extension/language/symbols.ts';

const ROUNDS = 15;
const roots = { folder: '/lab', home: '/home' };

/** 64 experts, 400 domains, 60 methods and a long list of references and comments: 1,000 lines. */
function longExperiment(): string {
  const experts = Array.from({ length: 64 }, (_, i) => `  expert_${i}: ./models/expert_${i}   # number ${i}`);
  const domains = Array.from({ length: 400 }, (_, i) => `    domain_${i}: ./eval/domain_${i}.json`);
  const methods = Array.from({ length: 60 }, (_, i) => `  - { method: ties, density: ${(i + 1) / 100} }`);
  const references = Array.from({ length: 150 }, (_, i) => `  - { name: reference ${i}, loss: 0.${i + 1} }`);
  const head = ['base: ./models/base', 'experts:', ...experts, 'evaluation:', '  data:', ...domains];
  const tail = ['methods:', ...methods, 'sweep: { subsets: 10 }', 'references:', ...references];
  const lines = [...head, ...tail];
  return [...lines, ...Array.from({ length: 1_000 - lines.length }, (_, i) => `# line ${i}`)].join('\n');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function timed(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const text = longExperiment();
const broken = text.replace('methods:', 'methods: [');
const wrong = text.replaceAll('method: ties', 'methdo: ties');
for (const [name, typed] of [
  ['valid', text],
  ['with an open bracket', broken],
  ['with 60 misspelt keys', wrong],
] as const) {
  const parsing: number[] = [];
  const telling: number[] = [];
  const showing: number[] = [];
  const first = timed(() => parseExperiment(typed));
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const now = `${typed}\n# ${round}`;
    let file: EditedExperiment | null = null;
    parsing.push(timed(() => (file = new EditedExperiment(now, parseExperiment(now), null))));
    if (!file) continue;
    const edited: EditedExperiment = file;
    telling.push(
      timed(() => {
        const exists = new Map(namedFiles(edited, roots).map(({ path }) => [path, true]));
        found = diagnostics(edited, { ...roots, exists, statistical: true }).length;
      }),
    );
    showing.push(
      timed(() => {
        headlineHint(edited);
        hints(edited, new Set(['experts', 'goals', 'methods']));
        symbols(edited);
        folds(edited);
        fileLinks(edited, roots);
      }),
    );
  }
  const ms = (value: number) => `${value.toFixed(0).padStart(4)} ms`;
  const both = median(parsing) + median(telling);
  console.log(`${typed.split('\n').length} lines, ${name}: ${found} diagnostics`);
  console.log(
    `  parse ${ms(median(parsing))} (first ${ms(first)})   diagnostics ${ms(median(telling))}   both ${ms(both)} (goal 100)   hints, outline, folding, links ${ms(median(showing))}`,
  );
}
