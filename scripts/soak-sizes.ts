/** The simulation study of the law over sizes, and of planning: `node scripts/soak-sizes.ts [replicates] [part of a design's name]`. */
import { OFFSETS_STUDY, SIZES_STUDY } from '../test/law/sizes/coverage.ts';
import { PLANNING_DESIGNS } from '../test/simulation/designs/planning.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('sizes', [...SIZES_STUDY, ...OFFSETS_STUDY, ...PLANNING_DESIGNS]);
