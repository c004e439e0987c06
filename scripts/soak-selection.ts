/** The simulation study of selection: `node scripts/soak-selection.ts [replicates] [part of a design's name]`. */
import { CHOOSING_DESIGNS } from '../test/simulation/designs/choosing.ts';
import { METHOD_DESIGNS, POOL_DESIGNS } from '../test/simulation/designs/comparing.ts';
import { DISCOVERY_DESIGNS } from '../test/simulation/designs/discoveries.ts';
import { TASK_DESIGNS } from '../test/simulation/designs/tasks.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('selection', [
  ...DISCOVERY_DESIGNS,
  ...CHOOSING_DESIGNS,
  ...METHOD_DESIGNS,
  ...POOL_DESIGNS,
  ...TASK_DESIGNS,
]);
