import { defineConfig } from 'vitest/config';

/** Journeys in a real VS Code. One at a time: each has a browser, a server and an agent to itself. */
export default defineConfig({
  test: {
    include: ['test/editor/e2e/**/*.test.ts'],
    globalSetup: ['test/editor/e2e/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
  },
});
