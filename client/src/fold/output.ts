import type { ToolOutput } from '../wire/events.ts';
import type { OutputGap, OutputTail } from '../wire/view.ts';
import { terminalModesAfter } from './terminalModes.ts';
import { decodeBase64, unitsOf, utf8Length } from './utf8.ts';

/** Bytes of UTF-8 that a view keeps of one output stream. */
export const outputTailBytes = 65_536;

interface Measure {
  /** Bytes of UTF-8 of the text. */
  readonly bytes: number;
  /** Where the stream goes on, in raw bytes. */
  readonly end: number;
}

/** Measures of tails, so that appending does not count them anew each time. */
const measures = new WeakMap<OutputTail, Measure>();

/** The tail after one more chunk. */
export function appendOutput(tail: OutputTail | undefined, chunk: ToolOutput): OutputTail {
  const added = rawChunk(chunk);
  const before = tail === undefined ? { bytes: 0, end: chunk.offset } : measure(tail);
  let gaps = gapsOf(tail, before.bytes);
  gaps = withGap(gaps, before.bytes, chunk.offset - before.end);
  let text = (tail?.text ?? '') + added.text;
  let bytes = before.bytes + utf8Length(added.text);
  let modes = tail?.modes ?? '';
  gaps = withGap(gaps, bytes, chunk.dropped ?? 0);
  if (bytes > outputTailBytes) {
    const cut = unitsOf(text, bytes - outputTailBytes);
    if (chunk.stream === 'terminal') modes = terminalModesAfter(modes, text.slice(0, cut.units));
    text = text.slice(cut.units);
    bytes -= cut.bytes;
    gaps = gaps.filter((gap) => gap.at > cut.bytes).map((gap) => ({ ...gap, at: gap.at - cut.bytes }));
  }
  const end = chunk.offset + added.bytes + (chunk.dropped ?? 0);
  const dropped = gaps.reduce((sum, gap) => sum + gap.bytes, 0);
  const next: OutputTail = {
    text,
    offset: Math.max(0, end - dropped - bytes),
    ...(dropped > 0 ? { dropped, gaps } : {}),
    ...(modes === '' ? {} : { modes }),
  };
  measures.set(next, { bytes, end });
  return next;
}

/** A tail in its order: what is there, and how many bytes are not. */
export type OutputPiece = { readonly text: string } | { readonly missing: number };

/** The pieces of a tail. */
export function outputPieces(tail: OutputTail): readonly OutputPiece[] {
  const gaps = gapsOf(tail, tail.gaps === undefined && tail.dropped ? utf8Length(tail.text) : 0);
  const pieces: OutputPiece[] = [];
  let units = 0;
  let bytes = 0;
  for (const gap of gaps) {
    const piece = unitsOf(tail.text.slice(units), gap.at - bytes);
    if (piece.units > 0) pieces.push({ text: tail.text.slice(units, units + piece.units) });
    pieces.push({ missing: gap.bytes });
    units += piece.units;
    bytes += piece.bytes;
  }
  if (units < tail.text.length) pieces.push({ text: tail.text.slice(units) });
  return pieces;
}

function measure(tail: OutputTail): Measure {
  const known = measures.get(tail);
  if (known !== undefined) return known;
  const bytes = utf8Length(tail.text);
  return { bytes, end: tail.offset + bytes + (tail.dropped ?? 0) };
}

/** A server that names no gaps has them behind the text. */
function gapsOf(tail: OutputTail | undefined, bytes: number): readonly OutputGap[] {
  if (tail?.gaps !== undefined) return tail.gaps;
  return tail?.dropped ? [{ at: bytes, bytes: tail.dropped }] : [];
}

function withGap(gaps: readonly OutputGap[], at: number, bytes: number): readonly OutputGap[] {
  if (bytes <= 0) return gaps;
  const last = gaps.at(-1);
  if (last?.at !== at) return [...gaps, { at, bytes }];
  return [...gaps.slice(0, -1), { at, bytes: last.bytes + bytes }];
}

function rawChunk(chunk: ToolOutput): { readonly text: string; readonly bytes: number } {
  if (chunk.text !== undefined) return { text: chunk.text, bytes: utf8Length(chunk.text) };
  return chunk.base64 === undefined ? { text: '', bytes: 0 } : decodeBase64(chunk.base64);
}
