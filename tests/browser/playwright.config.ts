import { resolve } from 'node:path';
import { defineConfig } from '@playwright/test';
import { timeout } from './support/limits.ts';

const results = resolve(import.meta.dirname, '../../artifacts/test-results');

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 3 * timeout,
  expect: { timeout },
  outputDir: resolve(results, 'browser-traces'),
  reporter: [['list'], ['json', { outputFile: resolve(results, 'browser.json') }]],
  use: {
    actionTimeout: timeout,
    navigationTimeout: timeout,
    viewport: { width: 1280, height: 800 },
    // A fifth of a run's processor time: only where somebody is to look at it.
    trace: process.env.TRACE === undefined ? 'off' : 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
