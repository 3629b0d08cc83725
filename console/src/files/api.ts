import { CommandError, type ErrorCode } from '@toolruntime/client';
import { ask, connection } from '../app/connection.ts';

/** Something in a folder of the workspace. */
export interface Entry {
  /** From the workspace on. */
  readonly path: string;
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly bytes?: number;
  readonly changedAt?: string;
}

/** What is in a folder, as far as it was listed. */
export interface Listing {
  readonly entries: readonly Entry[];
  /** Whether there is more. */
  readonly truncated: boolean;
}

/** The beginning of a file. */
export interface Beginning {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of the whole file. */
  readonly size: number;
}

/** So many entries of a folder are asked for. */
export const listedAtMost = 2_000;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Where a file is served. */
export function contentPath(session: string, path: string): string {
  return `/v1/sessions/${session}/files/content?path=${encodeURIComponent(path)}`;
}

/** What is in a folder: folders first, then by name. */
export async function listFolder(session: string, folder: string): Promise<Listing> {
  const query = `path=${encodeURIComponent(folder)}&limit=${listedAtMost}`;
  const response = await sent(ask(`/v1/sessions/${session}/files?${query}`));
  const { files, truncated } = (await response.json()) as { files: Omit<Entry, 'name'>[]; truncated: boolean };
  const entries = files.map((file) => ({ ...file, name: file.path, path: joined(folder, file.path) }));
  return { entries: entries.sort(byKindAndName), truncated };
}

/** The first bytes of a file. */
export async function readBeginning(
  session: string,
  path: string,
  most: number,
  signal: AbortSignal,
): Promise<Beginning> {
  const response = await ask(contentPath(session, path), { headers: { range: `bytes=0-${most - 1}` }, signal });
  if (response.status === 416) return { bytes: new Uint8Array(), size: 0 };
  await refuse(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const [, total] = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  return { bytes, size: total === undefined ? bytes.length : Number(total) };
}

/** Removes a file, a link, or a folder with all that is in it. */
export async function removeEntry(session: string, { path, type }: Entry): Promise<void> {
  const query = `path=${encodeURIComponent(path)}&recursive=${type === 'folder'}`;
  await sent(ask(`/v1/sessions/${session}/files?${query}`, { method: 'DELETE' }));
}

/** Makes a folder. */
export async function makeFolder(session: string, path: string): Promise<void> {
  await sent(ask(`/v1/sessions/${session}/files?path=${encodeURIComponent(path)}`, { method: 'PUT' }));
}

/** How a file is sent. */
export interface UploadOptions {
  /** Whether it may take the place of another one. */
  readonly replace: boolean;
  readonly signal: AbortSignal;
  /** Told of the bytes that have left the browser. */
  readonly progress: (bytes: number) => void;
}

/**
 * Sends a file; gives why it is not saved for good yet, if it is not. Rejects with {@link CommandError}, `conflict` where there is one and it
 * must not be replaced.
 */
export function uploadFile(session: string, path: string, file: Blob, options: UploadOptions) {
  // `fetch` does not tell how far a body has come.
  return new Promise<string | undefined>((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('PUT', new URL(contentPath(session, path), connection.address.replace(/^ws/, 'http')));
    request.withCredentials = true;
    request.setRequestHeader('content-type', 'application/octet-stream');
    if (!options.replace) request.setRequestHeader('if-none-match', '*');
    request.upload.onprogress = ({ loaded }) => options.progress(loaded);
    request.onload = () => {
      const body = parsed(request.responseText);
      if (request.status < 300) done(typeof body.notSaved === 'string' ? body.notSaved : undefined);
      else failed(errorOf(body, request.status));
    };
    request.onerror = () => failed(unreachable());
    request.onabort = () => failed(options.signal.reason);
    options.signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** A path in a folder; the workspace itself is ''. */
export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The folder that something is in. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function byKindAndName(a: Entry, b: Entry): number {
  const folders = Number(b.type === 'folder') - Number(a.type === 'folder');
  return folders || collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

async function sent(asked: Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await asked;
  } catch {
    throw unreachable();
  }
  await refuse(response);
  return response;
}

async function refuse(response: Response): Promise<void> {
  if (!response.ok) throw errorOf(parsed(await response.text()), response.status);
}

function parsed(text: string): { readonly error?: unknown; readonly notSaved?: unknown } {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}

function errorOf({ error }: { readonly error?: unknown }, status: number): CommandError {
  const { code, message } = (error ?? {}) as { code?: ErrorCode; message?: string };
  return new CommandError({ code: code ?? 'internal', message: message ?? `HTTP ${status}`, retryable: false });
}

function unreachable(): CommandError {
  return new CommandError({ code: 'unavailable', message: 'The server can’t be reached.', retryable: true });
}
