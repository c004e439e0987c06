/** The simulation study of the law of one curve: `node scripts/soak-law.ts [replicates] [part of a design's name]`. */
import { LAW_DESIGNS } from '../test/law/coverage.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('law', LAW_DESIGNS);
