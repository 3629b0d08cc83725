import { decodeEvent, type JsonObject, type JsonValue, type SessionEvent, type ToolOutput } from '@toolruntime/client';

/** What the log had no longer when it was read. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** One line of a recording (`format=events`). */
export type RecordingLine =
  | { readonly kind: 'event'; readonly event: SessionEvent }
  | { readonly kind: 'gap'; readonly gap: Gap }
  | { readonly kind: 'head' }
  | { readonly kind: 'end' };

/** Reads a line. Throws `DecodeError` where it is none. */
export function readLine(text: string): RecordingLine {
  const line = JSON.parse(text) as JsonObject;
  if (line.type === undefined) {
    if (line.end !== undefined) return { kind: 'end' };
    if (line.recording !== undefined) return { kind: 'head' };
    if (line.missing !== undefined) return { kind: 'gap', gap: line.missing as unknown as Gap };
  }
  return { kind: 'event', event: outputOf(line) ?? decodeEvent(line) };
}

/** Output is most of a recording, and on the wire as it is in the SDK: it is looked at and taken as it is. */
function outputOf(line: JsonObject): ToolOutput | undefined {
  const { type, seq, at, executionId, attempt, stream, offset, text, base64, dropped } = line;
  const right =
    type === 'tool.output' &&
    typeof seq === 'number' &&
    typeof at === 'string' &&
    typeof executionId === 'string' &&
    typeof offset === 'number' &&
    (stream === 'stdout' || stream === 'stderr' || stream === 'result') &&
    isAbsentOr('number', attempt) &&
    isAbsentOr('string', text) &&
    isAbsentOr('string', base64) &&
    isAbsentOr('number', dropped);
  return right ? (line as unknown as ToolOutput) : undefined;
}

function isAbsentOr(type: 'number' | 'string', value: JsonValue | undefined): boolean {
  return value === undefined || typeof value === type;
}

/** Cuts texts into lines, whatever they come in. */
export class LineCutter {
  #rest = '';

  /** The lines that are whole now. */
  add(text: string): readonly string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.filter((line) => line !== '');
  }
}
