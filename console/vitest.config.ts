import { defineConfig, mergeConfig } from 'vitest/config';
import vite from './vite.config.ts';

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      setupFiles: ['test/setup.ts'],
      testTimeout: 30_000,
      include: ['test/**/*.test.{ts,tsx}'],
      environment: 'happy-dom',
      restoreMocks: true,
    },
  }),
);
