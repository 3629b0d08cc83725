import type { Line } from '../ansi.ts';
import { joined } from './cells.ts';
import type { Screen } from './model.ts';

/** Lines that are drawn together; a new object only when one of them changes. */
export interface LineBlock {
  readonly id: number;
  readonly lines: readonly Line[];
}

export const linesPerBlock = 50;
/** So many rows make a line at most; a longer one is shown as several. */
const rowsPerLine = 100;

/** Lines that have scrolled off a terminal. */
export class History {
  readonly #keptBlocks: number;
  #full: LineBlock[] = [];
  #last: Line[] = [];
  #lastId = 0;
  #rows = 0;

  constructor(keptLines: number) {
    this.#keptBlocks = Math.max(1, Math.ceil(keptLines / linesPerBlock));
  }

  add(row: Line, wrapped: boolean): void {
    const before = this.#last.at(-1);
    if (wrapped && before !== undefined && this.#rows < rowsPerLine) {
      this.#rows++;
      this.#last[this.#last.length - 1] = joined(before, row);
      return;
    }
    if (this.#last.length >= linesPerBlock) {
      this.#full.push({ id: this.#lastId++, lines: this.#last });
      this.#last = [];
      // In batches, so that a long output does not move all its blocks with each of them.
      if (this.#full.length >= this.#keptBlocks + Math.max(1, this.#keptBlocks >> 4))
        this.#full = this.#full.slice(-this.#keptBlocks);
    }
    this.#rows = 1;
    this.#last.push(row);
  }

  clear(): void {
    this.#full = [];
    this.#last = [];
    this.#lastId++;
    this.#rows = 0;
  }

  /**
   * All lines, with those of the screen after them.
   * @param alone whether the screen hides what has scrolled off, as the alternate one does.
   * @param continued whether the screen's first row goes on with the last line here.
   */
  with(screen: readonly Line[], alone: boolean, continued: boolean): Screen {
    if (alone) return { blocks: [{ id: -1, lines: screen }], lines: screen.length };
    const last = this.#last.at(-1);
    const [first, ...rest] = screen;
    const lines =
      continued && last !== undefined && first !== undefined
        ? [...this.#last.slice(0, -1), joined(last, first), ...rest]
        : [...this.#last, ...screen];
    const blocks = [...this.#full];
    for (let at = 0, id = this.#lastId; at < lines.length; at += linesPerBlock, id++)
      blocks.push({ id, lines: lines.slice(at, at + linesPerBlock) });
    return { blocks, lines: this.#full.length * linesPerBlock + lines.length };
  }
}
