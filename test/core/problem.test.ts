import { expect, it } from 'vitest';
import { ProblemError, problemOf } from '../../core/problem.ts';

const PROBLEM = { code: 'disk_full', message: 'The disk is full.', fix: 'Free some space.' };

it('what is thrown as a problem is told as that, whichever bundle threw it', () => {
  class ProblemOfAnotherBundle extends Error {
    readonly problem = PROBLEM;
  }
  expect(problemOf(new ProblemError(PROBLEM))).toEqual(PROBLEM);
  expect(problemOf(new ProblemOfAnotherBundle())).toEqual(PROBLEM);
  expect(problemOf(new TypeError('x is undefined'))).toMatchObject({ code: 'unexpected' });
});
