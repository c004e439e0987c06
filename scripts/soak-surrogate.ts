/**
 * The simulation study of the surrogate and of runs that stop at a precision; nine experts and such runs at a tenth of
 * the replicates: `node scripts/soak-surrogate.ts [replicates] [part of a design's name]`.
 */
import { STOPPING_STUDY, SURROGATE_STUDY } from '../test/surrogate/coverage.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('surrogate', [...SURROGATE_STUDY, ...STOPPING_STUDY]);
