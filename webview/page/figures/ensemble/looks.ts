/** Series that several figures of an ensemble draw: each looks the same in all of them. */
import { plainSeries } from '../series.ts';

export const averagePool = {
  ...plainSeries,
  ink: 'blue',
  emphasis: 'strong',
  line: [],
  whiskers: true,
} as const;

export const independentNoise = {
  ...plainSeries,
  id: 'independent',
  label: 'By independent noise',
  ink: 'muted',
  shape: 'crossRot',
  line: [6, 3],
} as const;

export const bestPool = {
  ...plainSeries,
  id: 'best',
  ink: 'green',
  shape: 'rectRot',
  emphasis: 'strong',
  line: [8, 3, 2, 3],
  whiskers: true,
} as const;

export const mixedPool = {
  ...plainSeries,
  id: 'mixture',
  label: 'Best pool mixed, nobody choosing',
  ink: 'orange',
  shape: 'triangle',
  line: [2, 2],
} as const;
