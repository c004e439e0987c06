/** mocha's words. It is an ES module and puts them on the global object when it starts, before any test is loaded. */
import type Mocha from 'mocha';

export const { describe, it, before, after, beforeEach, afterEach } =
  globalThis as unknown as Mocha.MochaGlobals;
