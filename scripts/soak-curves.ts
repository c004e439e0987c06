/**
 * The simulation study of what follows from curves, with the law's warnings and step lengths:
 * `node scripts/soak-curves.ts [replicates] [part of a design's name]`.
 */
import { RETURN_DESIGNS, SPREAD_DESIGNS, THREE_POINT_DESIGNS } from '../test/simulation/designs/returns.ts';
import { TUNING_DESIGNS } from '../test/simulation/designs/tuning.ts';
import { WARNING_DESIGNS } from '../test/simulation/designs/warnings.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('curves', [
  ...WARNING_DESIGNS,
  ...RETURN_DESIGNS,
  ...THREE_POINT_DESIGNS,
  ...SPREAD_DESIGNS,
  ...TUNING_DESIGNS,
]);
