/** The simulation study of the law over sizes: `node scripts/soak-sizes.ts [replicates] [part of a design's name]`. */
import { SIZES_STUDY } from '../test/law/sizes/coverage.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('sizes', SIZES_STUDY);
