import { defineConfig, mergeConfig } from 'vitest/config';
import page from './vite.config.ts';

// Apart from the page's own: building the page needs no packages for tests.
export default mergeConfig(page, defineConfig({ test: { setupFiles: ['test/setup.ts'], testTimeout: 30_000 } }));
