import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MERGE_RECORD, mergeRecord } from '../../core/report/merge-record.ts';
import type { MergeChoice } from '../../core/report/mergekit.ts';
import type { Plan } from '../../core/store/format.ts';
import { isMergeThere } from '../../runner/merge-there.ts';
import { experimentOf, planOf, World } from './world.ts';

const world = new World({ seed: 1, experts: 3, domains: 2, samples: 10 });
const { header } = planOf(experimentOf(world, { methods: [{ method: 'average', compatibility: 'none' }] }));
const CHOICE: MergeChoice = { size: 'default', method: 0, subset: ['e0', 'e2'], seed: null };

function trainedAgain({ sizes, ...rest }: Plan['header']): Plan['header'] {
  const size = sizes['default'];
  const e0 = size?.experts['e0'];
  if (!size || !e0) throw new Error('a size with e0');
  const experts = { ...size.experts, e0: { ...e0, fingerprint: 'f'.repeat(64) as typeof e0.fingerprint } };
  return { ...rest, sizes: { default: { ...size, experts } } };
}

describe('the record of a merged model', () => {
  const out = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-record-'));
  afterAll(() => rmSync(out, { recursive: true }));

  it('differs with whatever determines its parameters', () => {
    const records = [
      mergeRecord(header, CHOICE),
      mergeRecord(trainedAgain(header), CHOICE),
      mergeRecord(header, { ...CHOICE, subset: ['e0', 'e1'] }),
      mergeRecord(header, { ...CHOICE, seed: 1 }),
      mergeRecord(header, {
        ...CHOICE,
        weights: new Map([
          ['e0', 0.5],
          ['e2', 0.5],
        ]),
      }),
      mergeRecord(header, {
        ...CHOICE,
        weights: new Map([
          ['e0', 0.4],
          ['e2', 0.5],
        ]),
      }),
    ];
    expect(new Set(records).size).toBe(records.length);
    expect(mergeRecord(header, CHOICE)).toBe(records[0]);
  });

  it('is found again in a folder that holds the model, not in one that has no weights', () => {
    const files = { [MERGE_RECORD]: mergeRecord(header, CHOICE) };
    expect(isMergeThere({ out, files })).toBe(false);
    writeFileSync(path.join(out, MERGE_RECORD), files[MERGE_RECORD] ?? '');
    writeFileSync(path.join(out, 'config.json'), '{}');
    expect(isMergeThere({ out, files })).toBe(false);
    writeFileSync(path.join(out, 'model.safetensors'), '');
    expect(isMergeThere({ out, files })).toBe(true);
    const other = { [MERGE_RECORD]: mergeRecord(trainedAgain(header), CHOICE) };
    expect(isMergeThere({ out, files: other })).toBe(false);
  });
});
