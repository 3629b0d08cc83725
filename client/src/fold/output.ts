import type { ToolOutput } from '../wire/events.ts';
import type { OutputTail } from '../wire/view.ts';
import { decodeBase64, unitsOf, utf8Length } from './utf8.ts';

/** Bytes of UTF-8 that a view keeps of one output stream. */
export const outputTailBytes = 65_536;

/** Byte lengths of tails, so that appending does not count them anew each time. */
const lengths = new WeakMap<OutputTail, number>();

/** The tail after one more chunk. */
export function appendOutput(tail: OutputTail | undefined, chunk: ToolOutput): OutputTail {
  const added = rawChunk(chunk);
  let text = (tail?.text ?? '') + added.text;
  let bytes = (tail === undefined ? 0 : (lengths.get(tail) ?? utf8Length(tail.text))) + utf8Length(added.text);
  if (bytes > outputTailBytes) {
    const cut = unitsOf(text, bytes - outputTailBytes);
    text = text.slice(cut.units);
    bytes -= cut.bytes;
  }
  const dropped = (tail?.dropped ?? 0) + (chunk.dropped ?? 0);
  const next: OutputTail = {
    text,
    offset: Math.max(0, chunk.offset + added.bytes - bytes),
    ...(dropped > 0 ? { dropped } : {}),
  };
  lengths.set(next, bytes);
  return next;
}

function rawChunk(chunk: ToolOutput): { readonly text: string; readonly bytes: number } {
  if (chunk.text !== undefined) return { text: chunk.text, bytes: utf8Length(chunk.text) };
  return chunk.base64 === undefined ? { text: '', bytes: 0 } : decodeBase64(chunk.base64);
}
