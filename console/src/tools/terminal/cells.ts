import type { IBufferCell, IBufferLine } from '@xterm/headless';
import { type Line, plain, type Segment, type Style } from '../ansi.ts';

const blank: Line = [];
const styles = new Map<string, Style>();

/** A row of a terminal as runs of one style, without the blanks at its end. */
export function readRow(row: IBufferLine, cell: IBufferCell): Line {
  const { length } = row.translateToString(true);
  const segments: { text: string; style: Style; wide?: true }[] = [];
  let taken = 0;
  for (let x = 0; x < row.length; x++) {
    if (row.getCell(x, cell) === undefined || cell.getWidth() === 0) continue;
    const standard = cell.isAttributeDefault();
    if (taken >= length && standard) break;
    const chars = cell.getChars() || ' ';
    taken += chars.length;
    const style = standard ? plain : styleOf(cell);
    const wide = cell.getWidth() === 2;
    const last = segments.at(-1);
    if (last !== undefined && last.style === style && (last.wide === true) === wide) last.text += chars;
    else segments.push({ text: chars, style, ...(wide ? { wide: true } : {}) });
  }
  return segments.length === 0 ? blank : segments;
}

/** Two rows of one line. */
export function joined(first: Line, second: Line): Line {
  const [end, begin] = [first.at(-1), second[0]];
  if (end === undefined || begin === undefined) return end === undefined ? second : first;
  if (end.style !== begin.style || end.wide !== begin.wide) return [...first, ...second];
  const middle: Segment = { ...end, text: end.text + begin.text };
  return [...first.slice(0, -1), middle, ...second.slice(1)];
}

/** The same object for the same look. */
function styleOf(cell: IBufferCell): Style {
  const fg = colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor());
  const bg = colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  const flags = [
    cell.isBold(),
    cell.isDim(),
    cell.isItalic(),
    cell.isUnderline(),
    cell.isStrikethrough(),
    cell.isInverse(),
  ];
  const key = `${fg} ${bg} ${flags.map(Boolean)}`;
  let style = styles.get(key);
  if (style === undefined) {
    style = {
      ...(fg === undefined ? {} : { fg }),
      ...(bg === undefined ? {} : { bg }),
      ...(cell.isBold() ? { bold: true } : {}),
      ...(cell.isDim() ? { dim: true } : {}),
      ...(cell.isItalic() ? { italic: true } : {}),
      ...(cell.isUnderline() ? { underline: true } : {}),
      ...(cell.isStrikethrough() ? { strike: true } : {}),
      ...(cell.isInverse() ? { inverse: true } : {}),
    };
    // As many looks as a program can make with 16 million colours must not be kept for ever.
    if (styles.size > 5_000) styles.clear();
    styles.set(key, style);
  }
  return style;
}

function colour(standard: boolean, rgb: boolean, value: number): number | string | undefined {
  if (standard) return undefined;
  return rgb ? `#${value.toString(16).padStart(6, '0')}` : value;
}
