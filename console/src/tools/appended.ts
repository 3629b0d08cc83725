import { type OutputTail, outputPieces, utf8Length } from '@toolruntime/client';
import { bytes } from '../ui/format.ts';

/** So much of what is known is looked at where a tail is joined to it. */
const joint = 64;

/** A tail as it is shown, a line in place of each gap. What is missing at its very end is left aside until something follows. */
export function shownText(tail: OutputTail | undefined): string {
  return tail === undefined ? '' : joined(tail, tail.offset, '').text;
}

/** What `next` has beyond `previous`, as it is shown, or `undefined` if it does not continue it. */
export function appended(previous: OutputTail | undefined, next: OutputTail | undefined): string | undefined {
  if (previous === undefined || next === undefined) return undefined;
  if (next === previous) return '';
  const gapless = previous.gaps === undefined && next.gaps === undefined;
  if (gapless && next.offset === previous.offset && next.text.startsWith(previous.text))
    return next.text.slice(previous.text.length);
  const from = endOf(previous);
  if (from < next.offset || from > endOf(next)) return undefined;
  const { text, before } = joined(next, from, previous.text);
  const known = before.slice(-joint);
  return previous.text.endsWith(known) || known.endsWith(previous.text) ? text : undefined;
}

/** Where the text of a tail ends, in bytes of its stream. */
export function endOf(tail: OutputTail): number {
  const last = outputPieces(tail).at(-1);
  const missing = last !== undefined && 'missing' in last ? last.missing : 0;
  return tail.offset + utf8Length(tail.text) + (tail.dropped ?? 0) - missing;
}

/** Bytes that are missing behind the text of a tail. */
export function missingAfter(tail: OutputTail): number {
  return tail.offset + utf8Length(tail.text) + (tail.dropped ?? 0) - endOf(tail);
}

/** What is shown of a tail from a place on, after `known`; and the text right before that place. */
function joined(tail: OutputTail, from: number, known: string): { readonly text: string; readonly before: string } {
  let at = tail.offset;
  let text = '';
  let before = '';
  let missing = 0;
  for (const piece of outputPieces(tail)) {
    if ('missing' in piece) {
      if (at >= from) missing += piece.missing;
      at += piece.missing;
      continue;
    }
    const length = utf8Length(piece.text);
    const fresh = at >= from ? piece.text : lastBytes(piece.text, Math.max(0, at + length - from));
    if (fresh.length < piece.text.length) before = piece.text.slice(0, piece.text.length - fresh.length);
    if (missing > 0 && fresh !== '') text += gapLine(missing, text === '' ? known : text);
    if (fresh !== '') missing = 0;
    text += fresh;
    at += length;
  }
  return { text, before };
}

function gapLine(missing: number, before: string): string {
  const begin = before === '' || before.endsWith('\n') ? '' : '\n';
  return `${begin}\u001b[0;2m[${bytes(missing)} not kept]\u001b[0m\n`;
}

/** The end of a text, whole characters of at least `count` bytes. */
function lastBytes(text: string, count: number): string {
  let at = text.length;
  let counted = 0;
  while (counted < count && at > 0) {
    const low = text.charCodeAt(at - 1);
    const units = low >= 0xdc00 && low <= 0xdfff && at > 1 ? 2 : 1;
    counted += utf8Length(text.slice(at - units, at));
    at -= units;
  }
  return text.slice(at);
}
