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
