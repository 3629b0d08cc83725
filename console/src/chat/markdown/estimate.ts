const lineHeight = 22;
const unitsPerLine = 90;

/** How high a text will be, as far as its length and lines tell. */
export function estimatedHeight(text: string): number {
  let lines = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const length = (end < 0 ? text.length : end) - at;
    lines += Math.max(1, Math.ceil(length / unitsPerLine));
    at += length + 1;
  }
  return lines * lineHeight;
}
