import type { JsonValue, ViewExecution } from '@toolruntime/client';

/** A line of a diff: out, in, as it was, or where in the file what follows is. */
export interface DiffLine {
  readonly kind: 'out' | 'in' | 'same' | 'place' | 'note';
  readonly text: string;
  /** Its number in the file, before and after. */
  readonly before?: number;
  readonly after?: number;
}

const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The lines of a unified diff; what stands before its first place is left out. */
export function linesOf(diff: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [before, after] = [0, 0];
  let begun = false;
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const place = head.exec(line);
    if (place !== null) {
      [before, after] = [Number(place[1]), Number(place[2])];
      if (begun) lines.push({ kind: 'place', text: '⋯' });
      begun = true;
    } else if (begun) {
      const text = line.slice(1);
      if (line.startsWith('-')) lines.push({ kind: 'out', text, before: before++ });
      else if (line.startsWith('+')) lines.push({ kind: 'in', text, after: after++ });
      else if (line.startsWith('\\')) lines.push({ kind: 'note', text: text.trim() });
      else lines.push({ kind: 'same', text, before: before++, after: after++ });
    }
  }
  return lines;
}

/** What a result says of a file that was changed. */
export interface FileChange {
  readonly path: string;
  /** A unified diff. */
  readonly diff?: string;
  readonly truncated: boolean;
  readonly omitted?: string;
}

/** A file that was written anew is all of its lines. */
export function createdOf({ name, result, arguments: given }: ViewExecution): FileChange | undefined {
  if (name !== 'file_write' || !isRecord(result) || result.created !== true || !isRecord(given)) return undefined;
  const { path, content } = given;
  if (typeof path !== 'string' || typeof content !== 'string' || content === '') return undefined;
  const lines = content.replace(/\n$/, '').split('\n');
  return { path, diff: ['@@ -0,0 +1 @@', ...lines.map((line) => `+${line}`)].join('\n'), truncated: false };
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function changeOf(result: JsonValue | undefined): FileChange | undefined {
  if (!isRecord(result)) return undefined;
  const { path, diff, diffTruncated, diffOmitted } = result;
  if (typeof path !== 'string') return undefined;
  if (typeof diff === 'string') return { path, diff, truncated: diffTruncated === true };
  return typeof diffOmitted === 'string' ? { path, truncated: false, omitted: diffOmitted } : undefined;
}
