import { CommandError } from '@toolruntime/client';
import { reason } from '../ui/useCommand.ts';
import { joined, type UploadOptions } from './api.ts';

/** A file that is on its way into the workspace, or was. */
export interface Upload {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly sent: number;
  /** `exists`: there is another file in its place, and somebody has to say what becomes of that. */
  readonly state: 'waiting' | 'sending' | 'done' | 'exists' | 'failed';
  readonly error?: string;
}

/** A file that was chosen or dropped, and where it is to be below the folder that it was dropped on. */
export interface Chosen {
  readonly path: string;
  readonly file: Blob;
}

type Send = (path: string, file: Blob, options: UploadOptions) => Promise<string | undefined>;

const atATime = 2;

/** Files on their way: two at a time, none in place of another one unless somebody says so. */
export class Uploads {
  readonly #send: Send;
  readonly #arrived: (path: string) => void;
  readonly #listeners = new Set<() => void>();
  readonly #files = new Map<number, { readonly file: Blob; replace: boolean; stop?: AbortController }>();
  #all: readonly Upload[] = [];
  #last = 0;

  constructor(send: Send, arrived: (path: string) => void) {
    this.#send = send;
    this.#arrived = arrived;
  }

  readonly getAll = (): readonly Upload[] => this.#all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(folder: string, chosen: readonly Chosen[]): void {
    const added = chosen.map(({ path, file }): Upload => {
      this.#files.set(++this.#last, { file, replace: false });
      return { id: this.#last, path: joined(folder, path), size: file.size, sent: 0, state: 'waiting' };
    });
    this.#set([...this.#all.filter(({ state }) => state !== 'done'), ...added]);
    this.#next();
  }

  /** Sends one again that has failed, or that is to replace what there is. */
  again(id: number, replace: boolean): void {
    const known = this.#files.get(id);
    if (known === undefined) return;
    known.replace ||= replace;
    this.#change(id, { state: 'waiting', sent: 0 });
    this.#next();
  }

  /** Stops one, or takes it off the list. */
  drop(id: number): void {
    this.#files.get(id)?.stop?.abort();
    this.#files.delete(id);
    this.#set(this.#all.filter((upload) => upload.id !== id));
    this.#next();
  }

  /** Takes off the list what has ended. */
  clear(): void {
    for (const { id, state } of this.#all) if (state !== 'waiting' && state !== 'sending') this.#files.delete(id);
    this.#set(this.#all.filter(({ id }) => this.#files.has(id)));
  }

  #next(): void {
    while (this.#all.filter(({ state }) => state === 'sending').length < atATime) {
      const upload = this.#all.find(({ state }) => state === 'waiting');
      if (upload === undefined) return;
      this.#change(upload.id, { state: 'sending' });
      void this.#run(upload);
    }
  }

  async #run({ id, path, size }: Upload): Promise<void> {
    const known = this.#files.get(id);
    if (known === undefined) return;
    const stop = new AbortController();
    known.stop = stop;
    try {
      const progress = (bytes: number) => this.#change(id, { sent: Math.min(bytes, size) });
      const notSaved = await this.#send(path, known.file, { replace: known.replace, signal: stop.signal, progress });
      this.#change(id, { state: 'done', sent: size, ...(notSaved === undefined ? {} : { error: notSaved }) });
      this.#files.delete(id);
      this.#arrived(path);
    } catch (why) {
      const exists = why instanceof CommandError && why.code === 'conflict' && !known.replace;
      this.#change(id, exists ? { state: 'exists' } : { state: 'failed', error: reason(why) });
    }
    this.#next();
  }

  #change(id: number, change: Partial<Upload>): void {
    this.#set(this.#all.map((upload) => (upload.id === id ? withChange(upload, change) : upload)));
  }

  #set(all: readonly Upload[]): void {
    this.#all = all;
    for (const listener of [...this.#listeners]) listener();
  }
}

function withChange({ error: _, ...upload }: Upload, change: Partial<Upload>): Upload {
  return { ...upload, ...change };
}
