import os from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They run in VS Code: `npm run test:editor`.
    exclude: ['test/editor/{in-host,e2e}/**'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // Many wait for a Python to start: on two cores, two at once.
    maxWorkers: Math.max(2, os.availableParallelism() - 1),
    // Real agents, servers and pages may be late on a machine that does much else: once more, and said. Never on one's own.
    retry: process.env['CI'] ? 1 : 0,
  },
});
