import { describe, expect, it } from 'vitest';
import type { PlanId } from '../../core/store/format.ts';
import { withHeldStudy } from '../../webview/page/state/held-study.ts';
import { sampleReport } from './sample.ts';

describe('a study', () => {
  const before = sampleReport();
  const points = { ...before, stage: 'points' as const, study: null };

  it('stays while a newer one is made', () => {
    expect(withHeldStudy(points, before).study).toBe(before.study);
  });

  it('goes with its plan, its recommended subset, or a complete report without one', () => {
    expect(withHeldStudy({ ...points, plan: 'f'.repeat(64) as PlanId }, before).study).toBeNull();
    const headline = { ...points.headline, subset: ['algebra'] };
    expect(withHeldStudy({ ...points, headline }, before).study).toBeNull();
    expect(withHeldStudy({ ...points, stage: 'complete' }, before).study).toBeNull();
  });

  it('is the report’s own where it has one, or nothing was before', () => {
    expect(withHeldStudy(before, null)).toBe(before);
    expect(withHeldStudy(points, null)).toBe(points);
  });
});
