/** How a run of characters looks. Colours are 0-15 (theme), 16-255 (palette) or `#rrggbb`. */
export interface Style {
  readonly fg?: number | string;
  readonly bg?: number | string;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
}

/** Characters of one style. */
export interface Segment {
  readonly text: string;
  readonly style: Style;
  /** Each character takes two columns. */
  readonly wide?: true;
}

/** One line of a terminal, however many rows of it it takes. */
export type Line = readonly Segment[];

export const plain: Style = {};

/** The characters of a line. */
export function textOf(line: Line): string {
  return line.length === 1 ? (line[0]?.text ?? '') : line.map((segment) => segment.text).join('');
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
