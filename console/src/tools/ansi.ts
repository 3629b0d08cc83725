/** How a run of characters looks. Colours are 0-15 (theme), 16-255 (palette) or `#rrggbb`. */
export interface Style {
  readonly fg?: number | string;
  readonly bg?: number | string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

/** Characters of one style. */
export interface Segment {
  readonly text: string;
  readonly style: Style;
}

export const plain: Style = {};

const control = /[\x00-\x08\x0b-\x1f\x7f\x9b]/;
// CSI, OSC and two-character sequences, an unfinished one at the end included.
const sequence =
  /(?:\x1b\[|\x9b)([0-9:;<=>?]*)[ -/]*([@-~]|$)|\x1b\](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\|$)|\x1b[ -/]*(?:[0-~]|$)/y;

/** One line of terminal output, without its newline, as it looks in the end: colours, and what `\r`, backspace and "erase in line" overwrite. */
export function renderLine(raw: string, start: Style): { readonly segments: readonly Segment[]; readonly end: Style } {
  if (!control.test(raw)) return { segments: raw === '' ? [] : [{ text: raw, style: start }], end: start };
  const cells: { char: string; style: Style }[] = [];
  let style = start;
  let column = 0;
  for (let i = 0; i < raw.length; ) {
    sequence.lastIndex = i;
    const found = sequence.exec(raw);
    if (found !== null) {
      if (found[2] === 'm') style = restyle(style, found[1] ?? '');
      else if (found[2] === 'K') column = erase(cells, column, found[1] ?? '');
      i += found[0].length;
      continue;
    }
    const char = String.fromCodePoint(raw.codePointAt(i) ?? 0);
    i += char.length;
    if (char === '\r') column = 0;
    else if (char === '\b') column = Math.max(0, column - 1);
    else if (char === '\t' || char >= ' ') cells[column++] = { char, style };
  }
  return { segments: join(cells), end: style };
}

function erase(cells: { char: string; style: Style }[], column: number, mode: string): number {
  if (mode === '' || mode === '0') cells.length = Math.min(cells.length, column);
  else cells.splice(0, mode === '2' ? cells.length : column, ...Array(column).fill({ char: ' ', style: plain }));
  return column;
}

function join(cells: readonly { char: string; style: Style }[]): Segment[] {
  const segments: { text: string; style: Style }[] = [];
  for (const cell of cells) {
    const { char, style } = cell ?? { char: ' ', style: plain };
    const last = segments.at(-1);
    if (last?.style === style) last.text += char;
    else segments.push({ text: char, style });
  }
  return segments;
}

function restyle(style: Style, parameters: string): Style {
  const codes = parameters.split(/[;:]/).map((p) => (p === '' ? 0 : Number(p)));
  let next: { -readonly [K in keyof Style]: Style[K] } = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) {
      delete next.bold;
      delete next.dim;
    } else if (code === 23) delete next.italic;
    else if (code === 24) delete next.underline;
    else if (code === 27) delete next.inverse;
    else if (code >= 30 && code <= 37) next.fg = code - 30;
    else if (code >= 90 && code <= 97) next.fg = code - 82;
    else if (code === 39) delete next.fg;
    else if (code >= 40 && code <= 47) next.bg = code - 40;
    else if (code >= 100 && code <= 107) next.bg = code - 92;
    else if (code === 49) delete next.bg;
    else if (code === 38 || code === 48) {
      const extended = extendedColour(codes, i + 1);
      if (extended.colour !== undefined) next[code === 38 ? 'fg' : 'bg'] = extended.colour;
      i += extended.used;
    }
  }
  return next;
}

function extendedColour(codes: readonly number[], at: number): { colour?: number | string; used: number } {
  const byte = (n: number | undefined) => Math.max(0, Math.min(255, n ?? 0));
  if (codes[at] === 5) return { colour: byte(codes[at + 1]), used: 2 };
  if (codes[at] !== 2) return { used: 1 };
  const rgb = [codes[at + 1], codes[at + 2], codes[at + 3]].map((n) => byte(n).toString(16).padStart(2, '0'));
  return { colour: `#${rgb.join('')}`, used: 4 };
}

/** The text colour for a background that came without one: dark on the bright ones, else none of its own. */
export function readableOn(background: number | string | undefined): string | undefined {
  if (background === undefined || background === 0) return undefined;
  if (typeof background === 'number' && background < 16) return 'var(--terminal)';
  const [red = 0, green = 0, blue = 0] = channels(background);
  return red * 0.299 + green * 0.587 + blue * 0.114 > 120 ? 'var(--terminal)' : '#ffffff';
}

/** A palette index or `#rrggbb` as CSS; the first 16 follow the theme. */
export function cssColour(colour: number | string): string {
  if (typeof colour === 'string') return colour;
  return colour < 16 ? `var(--ansi-${colour})` : `rgb(${channels(colour).join(' ')})`;
}

/** Red, green and blue of `#rrggbb` or of a palette index from 16 on. */
function channels(colour: number | string): readonly number[] {
  if (typeof colour === 'string') return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  if (colour >= 232) return Array(3).fill(8 + (colour - 232) * 10);
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const cube = colour - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
}
