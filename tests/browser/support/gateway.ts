import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as pathOf } from 'node:path';
import { createInterface } from 'node:readline';
import { timeout } from './limits.ts';

const program =
  process.env.GATEWAY_DLL ??
  pathOf(import.meta.dirname, '../../../artifacts/bin/ToolRuntime.Gateway/debug/ToolRuntime.Gateway.dll');

/** The built gateway on a data folder of its own; keeps its address over a kill and restart. */
export class Gateway {
  readonly folder = mkdtempSync(join(tmpdir(), 'toolruntime-browser-'));
  address = 'http://127.0.0.1:0';
  output = '';
  private child: ChildProcess | undefined;
  private readonly settings: readonly string[];

  /** @param settings further arguments of the program. */
  constructor(...settings: string[]) {
    this.settings = settings;
  }

  /** Starts it and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn(
      'dotnet',
      [
        program,
        '--urls',
        this.address,
        '--ToolRuntime:Data:Path',
        join(this.folder, 'data'),
        '--ToolRuntime:Models:Default',
        'directive',
        ...this.settings,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.child = child;
    const listening = deferred<string>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.output += `${line}\n`;
        const address = /Listening on (http:\S+?)(,|$)/.exec(line)?.[1];
        if (address !== undefined) listening.resolve(address);
      });
    }
    child.once('exit', (code) =>
      listening.reject(new Error(`The gateway ended with ${code} before it listened:\n${this.output}`)),
    );
    const limit = setTimeout(() => listening.reject(new Error(`No gateway yet:\n${this.output}`)), timeout);
    this.address = await listening.promise.finally(() => clearTimeout(limit));
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
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

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  return { promise, resolve, reject };
}
