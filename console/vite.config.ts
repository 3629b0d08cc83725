import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './build/compress.ts';

const client = (path: string) => fileURLToPath(new URL(`../client/src/${path}`, import.meta.url));
const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), compress()],
  resolve: {
    // The SDK is taken from its sources: one build, no order of builds, one React.
    alias: [
      { find: /^@toolruntime\/client\/react$/, replacement: client('react/index.ts') },
      { find: /^@toolruntime\/client$/, replacement: client('index.ts') },
      // Its package.json names a file that it does not have.
      { find: /^@xterm\/headless$/, replacement: '@xterm/headless/lib-headless/xterm-headless.mjs' },
    ],
    dedupe: ['react', 'react-dom'],
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 700 },
  server: {
    port: 5173,
    proxy: { '/v1': { target: gateway, ws: true, changeOrigin: true, rewriteWsOrigin: true } },
  },
});
