import type { OutputTail, TerminalTurn } from '@toolruntime/client';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a turn's answer was, as one reads it; `undefined` where that output is not kept any more. */
export function answerOf(turn: TerminalTurn, output: OutputTail | undefined): string | undefined {
  if (output === undefined || turn.answerOffset === undefined || output.dropped !== undefined) return undefined;
  const from = turn.answerOffset - output.offset;
  if (from < 0) return undefined;
  const to = turn.endOffset === undefined ? undefined : turn.endOffset - output.offset;
  return plain(decoder.decode(encoder.encode(output.text).subarray(from, to)));
}

const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]?[0-~]/g;

/** Lines as they stand in the end: without colours, and without what was written over. */
export function plain(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => overwritten(line.split('\u001b[2K').at(-1)?.replace(sequences, '') ?? ''))
    .join('\n')
    .replace(/^\n+|\s+$/g, '');
}

function overwritten(line: string): string {
  const parts = line.replace(/\r+$/, '').split('\r');
  return parts.reduce((before, part) => part + before.slice(part.length), '').trimEnd();
}
