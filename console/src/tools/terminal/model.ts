import type { OutputTail } from '@toolruntime/client';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { type IMarker, Terminal } from '@xterm/headless';
import { type Line, textOf } from '../ansi.ts';
import { appended, shownText } from '../appended.ts';
import { joined, readRow } from './cells.ts';
import { onNextFrame } from './frames.ts';
import { History, type LineBlock } from './history.ts';
import { inTurn } from './inTurn.ts';

/** The size of every terminal here: what programs take for granted when nobody tells them, but wide enough for long lines that are drawn over. */
export const columns = 160;
export const rows = 40;

/** So many units are parsed before what scrolled off the screen is taken over; no unit makes more than one row, so none is lost in between. */
const pieceUnits = 256;

/** Text after which rows above the cursor are as they were: no control characters but line ends, tabs, backspaces and colours. */
const harmless = /^(?:[^\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f]|\x1b\[[0-9;:]*m)*$/;

/** What a terminal shows, its scrolled-off lines included. */
export interface Screen {
  readonly blocks: readonly LineBlock[];
  /** How many lines that are. */
  readonly lines: number;
}

const empty: Screen = { blocks: [], lines: 0 };

/**
 * One output stream on a terminal without a screen: xterm's own, so that cursor movement, erasing, the alternate screen and wide characters are
 * as people know them. Costs what is appended, not what has been printed. Cards and the dialog draw the same model.
 */
export class TerminalModel {
  /** Made when there is something to write, and in a task of its own: it takes a millisecond or two, and many cards may come at once. */
  #terminal: Terminal | undefined;
  #unwritten: string[] = [];
  readonly #history: History;
  readonly #listeners = new Set<() => void>();
  readonly #publish = () => this.#changed();
  readonly #start = () => {
    this.#terminal ??= this.#open();
    this.#send(this.#terminal);
  };
  #tail: OutputTail | undefined;
  #attempt: number | undefined;
  #unparsed = 0;
  /** The last row above the screen as of when it was looked at last: nothing but the loss of rows moves it. None while nothing has scrolled off. */
  #above: IMarker | undefined;
  /** Rows after that which have been taken over. */
  #taken = 0;
  /** History was erased since then. */
  #erased = false;
  /** Rows of the screen from this one on may have changed. */
  #touched = 0;
  #careful = false;
  /** A part of the screen scrolls by itself: then text moves rows that are above it. */
  #regions = false;
  #screen: Line[] = [];
  #wrapped: boolean[] = [];
  #shown: Screen = empty;

  /** @param keptLines so many lines that have scrolled off are kept, at least. */
  constructor(keptLines: number) {
    this.#history = new History(keptLines);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What it shows; the same object until listeners are told. */
  readonly getSnapshot = (): Screen => this.#shown;

  /** Takes a newer tail of the stream: what it has beyond the last one is written, or all of it on a fresh terminal if it does not continue that. */
  update(attempt: number, tail: OutputTail | undefined): void {
    if (tail === this.#tail && attempt === this.#attempt) return;
    const fresh = attempt === this.#attempt ? appended(this.#tail, tail) : undefined;
    const begun = this.#tail !== undefined;
    this.#attempt = attempt;
    this.#tail = tail;
    if (fresh === undefined && begun) this.#write('\x1bc');
    this.#write(fresh ?? shownText(tail));
  }

  /** Whether all that was written is shown. */
  get settled(): boolean {
    return this.#unparsed === 0;
  }

  /** The text that it shows, without colours. */
  text(): string {
    return this.#shown.blocks.map((block) => block.lines.map((line) => `${textOf(line)}\n`).join('')).join('');
  }

  #write(text: string): void {
    for (let at = 0; at < text.length; at += pieceUnits) {
      this.#unwritten.push(text.slice(at, at + pieceUnits));
      this.#unparsed++;
    }
    if (this.#unwritten.length === 0) return;
    if (this.#terminal === undefined) inTurn(this.#start);
    else this.#send(this.#terminal);
  }

  #send(terminal: Terminal): void {
    for (const piece of this.#unwritten) terminal.write(piece, () => this.#parsed(terminal, piece));
    this.#unwritten = [];
  }

  #open(): Terminal {
    const terminal = new Terminal({
      cols: columns,
      rows,
      scrollback: 2 * pieceUnits + rows,
      convertEol: true,
      allowProposedApi: true,
    });
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    const erase = () => {
      this.#history.clear();
      this.#erased = true;
      return false;
    };
    terminal.parser.registerCsiHandler({ final: 'r' }, () => {
      this.#regions = true;
      return false;
    });
    terminal.parser.registerCsiHandler({ final: 'J' }, ([mode]) => (mode === 3 ? erase() : false));
    terminal.parser.registerEscHandler({ final: 'c' }, erase);
    return terminal;
  }

  #parsed(terminal: Terminal, piece: string): void {
    this.#unparsed--;
    // An escape sequence may be cut in two: then the second half looks harmless.
    const safe = harmless.test(piece);
    if (!safe || this.#careful || this.#regions) this.#touched = 0;
    this.#careful = !safe;
    this.#harvest(terminal);
    if (this.#unparsed === 0 || this.#unparsed % 400 === 0) onNextFrame(this.#publish);
  }

  /** Takes over the rows that have scrolled off the screen. */
  #harvest(terminal: Terminal): void {
    const { buffer } = terminal;
    const { baseY } = buffer.normal;
    const from = this.#erased ? 0 : (this.#above?.line ?? -1) + 1 + this.#taken;
    if (this.#erased) this.#touched = 0;
    const cell = buffer.normal.getNullCell();
    for (let y = from; y < baseY; y++) {
      const row = buffer.normal.getLine(y);
      if (row === undefined) continue;
      const known = y - from < this.#touched ? this.#screen[y - from] : undefined;
      this.#history.add(known ?? readRow(row, cell), row.isWrapped);
    }
    const moved = baseY - from;
    if (moved > 0) {
      this.#screen.splice(0, moved);
      this.#touched = Math.max(0, this.#touched - moved);
    }
    this.#erased = false;
    if (buffer.active.type !== 'normal') {
      this.#touched = 0;
      this.#taken += moved;
      return;
    }
    if (moved === 0 && this.#taken === 0) return;
    this.#taken = 0;
    this.#above?.dispose();
    this.#above = baseY === 0 ? undefined : terminal.registerMarker(-buffer.normal.cursorY - 1);
  }

  #changed(): void {
    if (this.#terminal === undefined) return;
    const { active } = this.#terminal.buffer;
    const cell = active.getNullCell();
    for (let i = 0; i < rows; i++) {
      const row = active.getLine(active.baseY + i);
      this.#wrapped[i] = row?.isWrapped === true;
      if (i >= this.#touched || this.#screen[i] === undefined)
        this.#screen[i] = row === undefined ? [] : readRow(row, cell);
    }
    this.#touched = active.type === 'normal' && !this.#careful ? active.cursorY : 0;
    const alternate = active.type === 'alternate';
    this.#shown = this.#history.with(this.#screenLines(), alternate, !alternate && this.#wrapped[0] === true);
    for (const listener of [...this.#listeners]) listener();
  }

  /** The screen's lines, without the blank ones at its end. */
  #screenLines(): Line[] {
    const lines: Line[] = [];
    let last = rows;
    while (last > 0 && this.#screen[last - 1]?.length === 0) last--;
    for (let i = 0; i < last; i++) {
      const row = this.#screen[i] ?? [];
      if (this.#wrapped[i] && i > 0) lines.push(joined(lines.pop() ?? [], row));
      else lines.push(row);
    }
    return lines;
  }
}
