import type { JsonValue, ViewExecution } from '@toolruntime/client';
import { safeUrl } from './links.tsx';

/** A page that a search has found. */
export interface Hit {
  readonly rank: number;
  readonly title: string;
  readonly url: URL;
  readonly snippet: string;
  readonly published?: string;
  /** What the page says, where it was read. */
  readonly text?: string;
  readonly textError?: string;
}

/** The tools whose result is a list of pages. */
const searches = new Set(['web_search']);

export function isSearch(execution: ViewExecution): boolean {
  return searches.has(execution.name);
}

/** The pages that a search has found so far: those of its output, one a line and again when more is known, and those of its result. */
export function hitsOf({ output, result }: ViewExecution): readonly Hit[] {
  const hits = new Map<number, Hit>();
  const take = (value: JsonValue | undefined) => {
    const hit = hitOf(value);
    // What was shortened says less than what was there before.
    if (hit !== undefined) hits.set(hit.rank, { ...hits.get(hit.rank), ...hit });
  };
  if (isRecord(result) && Array.isArray(result.results))
    for (const each of result.results as readonly JsonValue[]) take(each);
  for (const line of (output.result?.text ?? '').split('\n')) {
    if (!line.startsWith('{')) continue;
    try {
      take(JSON.parse(line) as JsonValue);
    } catch {
      // Not all of it has come yet.
    }
  }
  return [...hits.values()].sort((a, b) => a.rank - b.rank);
}

function hitOf(value: JsonValue | undefined): Hit | undefined {
  if (!isRecord(value)) return undefined;
  const { rank, title, snippet, published, text, textError } = value;
  const url = safeUrl(value.url);
  if (typeof rank !== 'number' || url === undefined) return undefined;
  return {
    rank,
    url,
    title: typeof title === 'string' && title !== '' ? title : url.host,
    snippet: typeof snippet === 'string' ? snippet : '',
    ...(typeof published === 'string' ? { published } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof textError === 'string' ? { textError } : {}),
  };
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A page's date for people, as it is where it can't be read. */
export function dateText(published: string): string {
  const at = new Date(published);
  if (Number.isNaN(at.getTime())) return published.slice(0, 40);
  return at.toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}
