import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as pathOf } from 'node:path';
import { ServerProcess } from './serverProcess.ts';

/** Where the gateway was built. */
export const program =
  process.env.GATEWAY_DLL ??
  pathOf(import.meta.dirname, '../../../artifacts/bin/ToolRuntime.Gateway/debug/ToolRuntime.Gateway.dll');

/** The built gateway on a data folder of its own; keeps its address over a kill and restart. */
export class Gateway {
  readonly folder = mkdtempSync(join(tmpdir(), 'toolruntime-browser-'));
  address = 'http://127.0.0.1:0';
  readonly #process = new ServerProcess(/Listening on (http:\S+?)(?:,|$)/);
  readonly #settings: readonly string[];

  /** @param settings further arguments of the program. */
  constructor(...settings: string[]) {
    this.#settings = settings;
  }

  get output(): string {
    return this.#process.output;
  }

  /** Starts it and waits until it listens. */
  async start(): Promise<void> {
    this.address = await this.#process.start('dotnet', [
      ...[program, '--urls', this.address, '--ToolRuntime:Data:Path', join(this.folder, 'data')],
      ...['--ToolRuntime:Models:Default', 'directive', ...this.#settings],
    ]);
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#process.end('SIGKILL');
  }

  /** `kill -TERM`; resolves with its exit code when the process is gone. */
  stop(): Promise<number | null> {
    return this.#process.end('SIGTERM');
  }

  /** Makes a key for a tenant's subject: the key, and its entry for the configuration. */
  static newKey(tenant: string, subject: string): { key: string; entry: string } {
    const output = execFileSync('dotnet', [program, 'keys', 'new', '--tenant', tenant, '--subject', subject], {
      encoding: 'utf8',
    });
    const key = /^\s*(trk\.\S+)\s*$/m.exec(output)?.[1];
    if (key === undefined) throw new Error(`No key in:\n${output}`);
    return { key, entry: output.slice(output.indexOf('{')) };
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
