import type { TerminalTurn } from '@toolruntime/client';
import type { IDecoration, IMarker, Terminal } from '@xterm/xterm';

/** Lines of the terminal of which is known where in the stream they are. */
const mostPlaces = 2_000;

interface Place {
  /** How much of the stream was written when the cursor was last seen there. */
  at: number;
  readonly marker: IMarker;
}

interface Mark {
  turn: TerminalTurn;
  readonly marker: IMarker;
  readonly decoration: IDecoration;
}

/** Marks in the gutter of a terminal, beside the lines with questions: how each went. */
export class TurnMarks {
  readonly #terminal: Terminal;
  readonly #marks = new Map<number, Mark>();
  #places: Place[] = [];
  #turns: readonly TerminalTurn[] = [];
  #here: number | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Everything is written anew. */
  begin(): void {
    for (const { marker } of this.#places) marker.dispose();
    for (const { decoration } of this.#marks.values()) decoration.dispose();
    this.#places = [];
    this.#marks.clear();
    this.#here = undefined;
  }

  /** Where writing a part of the stream is to stop, so that the line of each question is known. */
  stops(from: number, to: number): readonly number[] {
    return this.#turns.map((turn) => turn.offset).filter((at) => at > from && at < to);
  }

  /** So much of the stream is written. */
  written(at: number): void {
    const { active } = this.#terminal.buffer;
    if (active.type !== 'normal') return;
    const line = active.baseY + active.cursorY;
    const last = this.#places.at(-1);
    if (last !== undefined && last.marker.line === line) last.at = at;
    else this.#places.push({ at, marker: this.#terminal.registerMarker(0) });
    if (this.#places.length > mostPlaces) this.#places.shift()?.marker.dispose();
    this.#draw();
  }

  /** There are these turns. */
  show(turns: readonly TerminalTurn[]): void {
    this.#turns = turns;
    this.#draw();
  }

  /** Scrolls to a turn's question; false where that line is not kept any more. */
  go(number: number): boolean {
    const mark = this.#marks.get(number);
    if (mark === undefined || mark.marker.isDisposed) return false;
    this.#here = number;
    this.#terminal.scrollToLine(Math.max(0, mark.marker.line - 1));
    this.#paintAll();
    return true;
  }

  /** Goes to the turn before or after the one that it went to last; behind the last one is the end. */
  step(by: 1 | -1): void {
    const numbers = [...this.#marks].filter(([, mark]) => !mark.marker.isDisposed).map(([number]) => number);
    const from = this.#here === undefined ? numbers.length : numbers.indexOf(this.#here);
    const to = numbers[Math.max(0, from + by)];
    if (to !== undefined) this.go(to);
    else this.leave();
  }

  /** Back to where is typed. */
  leave(): void {
    if (this.#here === undefined) return;
    this.#here = undefined;
    this.#terminal.scrollToBottom();
    this.#paintAll();
  }

  #draw(): void {
    if (this.#terminal.buffer.active.type !== 'normal') return;
    for (const turn of this.#turns) {
      const known = this.#marks.get(turn.number);
      if (known !== undefined) {
        if (known.turn === turn) continue;
        known.turn = turn;
        this.#paint(known);
        continue;
      }
      const end = turn.answerOffset ?? Number.POSITIVE_INFINITY;
      const place = this.#places.findLast(({ at, marker }) => !marker.isDisposed && at >= turn.offset && at < end);
      if (place === undefined) continue;
      const decoration = this.#terminal.registerDecoration({ marker: place.marker, width: 1, layer: 'top' });
      if (decoration === undefined) continue;
      const mark = { turn, marker: place.marker, decoration };
      decoration.onRender(() => this.#paint(mark));
      this.#marks.set(turn.number, mark);
    }
  }

  #paintAll(): void {
    for (const mark of this.#marks.values()) this.#paint(mark);
  }

  #paint({ turn, decoration }: Mark): void {
    const { element } = decoration;
    if (element === undefined) return;
    element.classList.add('pty-mark');
    element.classList.toggle('pty-mark-here', this.#here === turn.number);
    element.dataset.turn = `${turn.number}`;
    element.dataset.went = wentOf(turn);
    element.title = `${turn.question ?? ''}: ${told[wentOf(turn)]}`;
    element.setAttribute('aria-hidden', 'true');
  }
}

/** How a turn went: nobody knows that without an exit code. */
export function wentOf(turn: TerminalTurn): 'running' | 'ok' | 'failed' | 'over' {
  if (turn.state !== 'complete') return 'running';
  return turn.exitCode === undefined ? 'over' : turn.exitCode === 0 ? 'ok' : 'failed';
}

const told = { running: 'at work', ok: 'went well', failed: 'failed', over: 'over' } as const;
