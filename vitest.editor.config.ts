import { defineConfig } from 'vitest/config';

/**
 * Journeys in a real VS Code. Two at a time: each has a browser, a server and an agent to itself, and the longest waits
 * for downloads most of the time.
 */
export default defineConfig({
  test: {
    include: ['test/editor/e2e/**/*.test.ts'],
    globalSetup: ['test/editor/e2e/global-setup.ts'],
    testTimeout: 600_000,
    // A browser, a server and an agent share the machine with another journey: once more, and said, before it fails.
    retry: 1,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
