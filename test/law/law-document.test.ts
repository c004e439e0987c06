import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lawDocument, lawDocumentSchema, lawJsonSchema } from '../../core/law/law-document.ts';

const rows = (law: (k: number) => number, count = 9) =>
  `k,loss\n${Array.from({ length: count }, (_, i) => `${i + 1},${law(i + 1)}`).join('\n')}\n`;

describe('law document', () => {
  it('fits a CSV to the published law of LLaMA-3.2 3B', () => {
    const { document, problems } = lawDocument(
      rows((k) => 0.7137 + 0.0783 / (k + 0.6875)),
      {
        forecast: [10],
        goal: { rule: 'return', value: 0.95 },
      },
    );
    expect(problems).toEqual([]);
    const [curve] = document?.curves ?? [];
    expect(curve?.form).toBe('signed');
    expect(curve?.parameters?.['Linf']).toBeCloseTo(0.7137, 8);
    expect(curve?.k_return).toEqual({ '0.8': 5, '0.85': 5, '0.9': 6, '0.95': 8 });
    expect(curve?.recommended_k).toMatchObject({ k: 8, rule: 'return', value: 0.95 });
    expect(curve?.k_epsilon).toBeNull();
    expect(curve?.forecast.at(-1)).toMatchObject({
      k: 10,
      loss: expect.closeTo(0.7137 + 0.0783 / 10.6875, 8),
    });
    expect(curve?.warnings.map(({ code }) => code)).toEqual(['extrapolates']);
  });

  it('obeys form, pool and epsilon', () => {
    const { document } = lawDocument(
      rows((k) => 0.7 + 0.1 / (k + 0.5), 6),
      {
        form: 'power',
        pool: 12,
        goal: { rule: 'epsilon', value: 0.03 },
      },
    );
    const [curve] = document?.curves ?? [];
    expect(curve?.form).toBe('power');
    expect(curve?.pool).toBe(12);
    expect(Object.keys(curve?.parameters ?? {})).toEqual(['Linf', 'A', 'p']);
    expect(curve?.k_epsilon?.epsilon).toBe(0.03);
    expect(curve?.forecast).toHaveLength(12);
  });

  it('fits each domain and N apart', () => {
    const text = `N,domain,k,loss\n${[0.5, 7]
      .flatMap((N) =>
        ['code', 'math'].flatMap((domain) => [1, 2, 3, 4].map((k) => `${N},${domain},${k},${1 / N + 1 / k}`)),
      )
      .join('\n')}`;
    const { document } = lawDocument(text);
    expect(document?.curves.map(({ N, domain }) => [N, domain])).toEqual([
      [0.5, 'code'],
      [0.5, 'math'],
      [7, 'code'],
      [7, 'math'],
    ]);
  });

  it('fits the sizes of each domain together', () => {
    const law = (N: number, k: number) => 0.6 + 0.4 * N ** -0.45 + (0.15 * N ** -0.25) / (k + 0.5);
    const lines = [0.5, 1.5, 4, 14].flatMap((N) =>
      [1, 2, 3, 4, 5, 6].map((k) => `${N * 1e9},code,${k},${law(N, k)}`),
    );
    const text = ['parameters,domain,k,loss', ...lines, '5e8,math,1,0.9', '5e8,math,2,0.8'].join('\n');
    const { document } = lawDocument(text, { sizes: [40], forecast: [8] });
    expect(document?.curves).toHaveLength(5);
    expect(document?.joint).toHaveLength(1);
    const [joint] = document?.joint ?? [];
    expect(joint).toMatchObject({ domain: 'code', sizes: [0.5, 1.5, 4, 14], form: 'signed' });
    expect(joint?.parameters?.b).toBeCloseTo(0.5, 5);
    expect(joint?.forecast.find(({ N, k }) => N === 40 && k === 8)?.loss).toBeCloseTo(law(40, 8), 5);
    expect(lawDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(lawDocument(text, { form: 'paper' }).document?.joint[0]?.form).toBe('paper');
    const few = lawDocument(['parameters,domain,k,loss', ...lines.slice(0, 18)].join('\n'), { sizes: [40] });
    expect(few.document?.joint[0]?.warnings.map(({ code }) => code)).toContain('sizes_too_few');
    expect(few.document?.joint[0]?.forecast.some(({ N }) => N === 40)).toBe(false);
  });

  it('has no joint law of a single size, and refuses to forecast another', () => {
    const text = rows((k) => 0.7 + 0.1 / k);
    expect(lawDocument(text).document?.joint).toEqual([]);
    const { document, problems } = lawDocument(text, { sizes: [7], file: 'p.csv' });
    expect(document).toBeNull();
    expect(problems[0]).toMatchObject({ code: 'sizes_missing', file: 'p.csv', line: 1 });
  });

  it('is null with problems', () => {
    const { document, problems } = lawDocument('k,loss\n1,what\n', { file: 'p.csv' });
    expect(document).toBeNull();
    expect(problems[0]).toMatchObject({ file: 'p.csv', line: 2, column: 2 });
  });

  it('is the same for the same text, and follows its schema as JSON', () => {
    const text = rows((k) => 0.7 + 0.1 / (k + 0.5) + 0.001 * Math.sin(7 * k));
    const first = JSON.stringify(lawDocument(text).document);
    expect(JSON.stringify(lawDocument(text).document)).toBe(first);
    expect(lawDocumentSchema.strict().safeParse(JSON.parse(first)).error).toBeUndefined();
    for (const broken of ['', 'k,loss\n1,1\n', 'k,loss\n1,1\n2,1\n', 'k,loss\n1,1\n2,2\n3,3\n']) {
      const { document } = lawDocument(broken);
      if (document) expect(lawDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    }
  });

  it('has a committed JSON Schema that is current', () => {
    const committed: unknown = JSON.parse(
      readFileSync(new URL('../../core/law/law.schema.json', import.meta.url), 'utf8'),
    );
    expect(committed).toEqual(JSON.parse(JSON.stringify(lawJsonSchema())));
  });
});
