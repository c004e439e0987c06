/**
 * The simulation study of a Report's numbers: `node scripts/soak-report.ts [replicates] [part of a design's name]`.
 */
import { REPORT_DESIGNS } from '../test/report/coverage.ts';
import { PRECISION_DESIGNS } from '../test/report/precision-coverage.ts';
import { runStudy } from './soak/run-study.ts';

runStudy('report', [...REPORT_DESIGNS, ...PRECISION_DESIGNS]);
