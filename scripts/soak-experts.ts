/** The simulation study of who helps whom: `node scripts/soak-experts.ts [replicates] [part of a design's name]`. */
import { EXPERTS_DESIGNS } from '../test/simulation/designs/experts.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('experts', EXPERTS_DESIGNS);
