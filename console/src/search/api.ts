import { ask } from '../app/connection.ts';

/** A piece of a snippet; `match` is what was searched for. */
export interface SnippetPart {
  readonly text: string;
  readonly match?: true;
}

/** A text that was found. */
export interface Hit {
  readonly session: string;
  readonly kind: 'message' | 'command' | 'output' | 'result';
  readonly seq: number;
  readonly at: string;
  readonly messageId?: string;
  readonly executionId?: string;
  readonly tool?: string;
  readonly state?: string;
  readonly user?: string;
  readonly stream?: string;
  readonly line?: number;
  readonly snippet: readonly SnippetPart[];
}

/** What `GET /v1/search` answers. */
export interface Found {
  readonly hits: readonly Hit[];
  readonly next?: string;
  readonly order: 'relevance' | 'newest';
  readonly partial?: true;
}

/** What is typed, as the server reads it: the last word may go on. */
export function queryOf(typed: string): string {
  const text = typed.trim();
  const quotes = text.split('"').length - 1;
  if (quotes % 2 === 1) return `${text}"`;
  return /[\p{L}\p{N}]{2}$/u.test(typed) ? `${text}*` : text;
}

/** Asks the server; rejects with its words where it refuses. */
export async function search(query: string, after: string | undefined, signal: AbortSignal): Promise<Found> {
  const parameters = new URLSearchParams({ q: query });
  if (after !== undefined) parameters.set('after', after);
  const response = await ask(`/v1/search?${parameters}`, { headers: { accept: 'application/json' }, signal });
  const body = (await response.json()) as Found & { error?: { message?: string } };
  if (response.ok) return body;
  throw new Error(body.error?.message ?? `HTTP ${response.status}`);
}
