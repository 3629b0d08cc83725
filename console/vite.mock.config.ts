import { mergeConfig, type UserConfig } from 'vite';
import { mockGateway } from './dev/plugin.ts';
import vite from './vite.config.ts';

const { server: _, ...rest }: UserConfig = vite;

/** The page without a server: see dev/. */
export default mergeConfig(rest, { plugins: [mockGateway()], server: { port: 5173 } });
