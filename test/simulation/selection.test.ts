import { describe, expect, it } from 'vitest';
import { CHOOSING_DESIGNS } from './designs/choosing.ts';
import { METHOD_DESIGNS, POOL_DESIGNS } from './designs/comparing.ts';
import { DISCOVERY_DESIGNS } from './designs/discoveries.ts';
import { TASK_DESIGNS } from './designs/tasks.ts';
import { missedGates } from './gates.ts';
import { simulateDesign } from './tally.ts';

describe('selection', () => {
  it.each([...DISCOVERY_DESIGNS, ...CHOOSING_DESIGNS, ...METHOD_DESIGNS, ...POOL_DESIGNS, ...TASK_DESIGNS])(
    '$name',
    (design) => {
      // A replicate of rank correlations resamples every task.
      const rows = simulateDesign(design, design.name.startsWith('rank') ? 4 : 40);
      expect(missedGates(rows, 'few')).toEqual([]);
      expect(rows.length).toBeGreaterThan(0);
    },
  );
});
