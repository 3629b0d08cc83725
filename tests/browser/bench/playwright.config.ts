import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

/** What is printed, and the limits of time on the suite's own long pages; one after the other. */
export default defineConfig<{ longestTask: number }>(tests, {
  testDir: resolve(import.meta.dirname, '..'),
  testMatch: ['bench/*.bench.ts', 'long.spec.ts'],
  timeout: 5 * 60_000,
  workers: 1,
  reporter: [['line']],
  use: { trace: 'off', longestTask: 100 },
});
