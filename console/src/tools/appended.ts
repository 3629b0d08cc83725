import { type OutputTail, utf8Length } from '@toolruntime/client';

/** A tail as it is shown. */
export function shownText(tail: OutputTail | undefined): string {
  return tail?.text ?? '';
}

/** What `next` has beyond `previous`, or `undefined` if it does not continue it. */
export function appended(previous: OutputTail | undefined, next: OutputTail | undefined): string | undefined {
  if (previous === undefined || next === undefined) return undefined;
  if (next === previous) return '';
  if (next.offset === previous.offset && next.text.startsWith(previous.text))
    return next.text.slice(previous.text.length);
  const missing = endOf(next) - endOf(previous);
  return missing < 0 ? undefined : lastBytes(next.text, missing);
}

/** Raw bytes of the stream up to the end of a tail. */
export function endOf(tail: OutputTail): number {
  return tail.offset + utf8Length(tail.text);
}

/** The end of a text, whole characters of at least `bytes` bytes; `undefined` if it is shorter. */
function lastBytes(text: string, bytes: number): string | undefined {
  let at = text.length;
  let counted = 0;
  while (counted < bytes) {
    if (at === 0) return undefined;
    const low = text.charCodeAt(at - 1);
    const units = low >= 0xdc00 && low <= 0xdfff && at > 1 ? 2 : 1;
    counted += utf8Length(text.slice(at - units, at));
    at -= units;
  }
  return text.slice(at);
}
