import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.ts';

export default defineConfig(tests, {
  testDir: import.meta.dirname,
  testMatch: '*.bench.ts',
  timeout: 5 * 60_000,
  reporter: [['line']],
  use: { trace: 'off' },
});
