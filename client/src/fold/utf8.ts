/** Bytes of a text in UTF-8; a lone surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(text, i)) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** How many UTF-16 units, whole characters only, hold at least `bytes` bytes of UTF-8; the whole text if it is shorter. */
export function unitsOf(text: string, bytes: number): { readonly units: number; readonly bytes: number } {
  let counted = 0;
  let i = 0;
  while (i < text.length && counted < bytes) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) counted += 1;
    else if (unit < 0x800) counted += 2;
    else if (isPair(text, i)) {
      counted += 4;
      i++;
    } else counted += 3;
    i++;
  }
  return { units: i, bytes: counted };
}

function isPair(text: string, i: number): boolean {
  const high = text.charCodeAt(i);
  const low = text.charCodeAt(i + 1);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Base64 to text and to the number of raw bytes; what is not UTF-8 becomes U+FFFD, a byte order mark stays. */
export function decodeBase64(base64: string): { readonly text: string; readonly bytes: number } {
  const binary = atob(base64);
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return { text: decoder.decode(bytes), bytes: bytes.length };
}
