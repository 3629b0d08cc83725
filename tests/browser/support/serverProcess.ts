import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { timeout } from './limits.ts';

/** A program in a process of its own, one after the other where it is started again. */
export class ServerProcess {
  output = '';
  #child: ChildProcess | undefined;
  readonly #ready: RegExp;

  /** @param ready matches the line by which it says that it is ready; its first group is where. */
  constructor(ready: RegExp) {
    this.#ready = ready;
  }

  /** Starts it and waits until it is ready; where it listens. */
  async start(command: string, args: readonly string[]): Promise<string> {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const ready = deferred<string>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.output += `${line}\n`;
        const address = this.#ready.exec(line)?.[1];
        if (address !== undefined) ready.resolve(address);
      });
    }
    child.once('error', ready.reject);
    child.once('exit', (code) => ready.reject(new Error(`${command} ended with ${code}:\n${this.output}`)));
    const limit = setTimeout(() => ready.reject(new Error(`Not ready yet:\n${this.output}`)), timeout);
    return ready.promise.finally(() => clearTimeout(limit));
  }

  /** Ends it; resolves with its exit code when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const gone = once(child, 'exit');
    child.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
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
