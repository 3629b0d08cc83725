import { TerminalPen } from './terminalPen.ts';

/** In the order in which they are told again. */
const order = [
  'normalRegion',
  'alternate',
  'alternateRegion',
  'firstSet',
  'secondSet',
  'shifted',
  'cursorKeys',
  'reverse',
  'origin',
  'noWrap',
  'noCursor',
  'backWrap',
  'mouse',
  'mouseCoding',
  'focus',
  'paste',
  'insert',
  'newLine',
  'keypad',
  'cursorStyle',
] as const;

type Mode = (typeof order)[number];

/** Those of `CSI ? n h` that are off in a fresh terminal. */
const offAtFirst: Readonly<Record<number, Mode | undefined>> = {
  1: 'cursorKeys',
  5: 'reverse',
  6: 'origin',
  9: 'mouse',
  45: 'backWrap',
  1000: 'mouse',
  1002: 'mouse',
  1003: 'mouse',
  1004: 'focus',
  1005: 'mouseCoding',
  1006: 'mouseCoding',
  1015: 'mouseCoding',
  1016: 'mouseCoding',
  2004: 'paste',
};

/** Those that are on. */
const onAtFirst: Readonly<Record<number, Mode | undefined>> = { 7: 'noWrap', 25: 'noCursor' };

/** The modes of a terminal, each by the sequence that sets it. */
export class TerminalModeSet {
  readonly #modes = new Map<Mode, string>();
  readonly #pen = new TerminalPen();

  text(): string {
    return order.map((mode) => this.#modes.get(mode) ?? '').join('') + this.#pen.text();
  }

  shift(shifted: boolean): void {
    this.#put('shifted', shifted ? '\u000e' : undefined);
  }

  /** `ESC`, what comes between, and the end. */
  escape(between: string, end: string): void {
    if (between === '(' || between === ')')
      this.#put(between === '(' ? 'firstSet' : 'secondSet', end === 'B' ? undefined : `\u001b${between}${end}`);
    if (between !== '') return;
    if (end === 'c') {
      this.#modes.clear();
      this.#pen.clear();
    } else if (end === '8') this.#restore();
    else if (end === '=' || end === '>') this.#put('keypad', end === '=' ? '\u001b=' : undefined);
  }

  /** `ESC [`, what comes between, and the end. */
  control(between: string, end: string): void {
    const on = end === 'h';
    switch (end) {
      case 'p':
        if (between === '!') this.#soften();
        return;
      case 'q':
        if (between.endsWith(' ')) this.#style(numbersOf(between.slice(0, -1)));
        return;
      case 'h':
      case 'l':
        if (between.startsWith('?')) for (const number of numbersOf(between.slice(1)) ?? []) this.#private(number, on);
        else for (const number of numbersOf(between) ?? []) this.#ansi(number, on);
        return;
      case 'r':
        this.#region(numbersOf(between));
        return;
      case 'u':
        if (between === '') this.#restore();
        return;
      case 'm':
        if (/^[0-;]*$/.test(between)) this.#pen.take(between);
    }
  }

  #private(number: number, on: boolean): void {
    const told = `\u001b[?${number}${on ? 'h' : 'l'}`;
    const off = offAtFirst[number];
    if (off !== undefined) this.#put(off, on ? told : undefined);
    const usual = onAtFirst[number];
    if (usual !== undefined) this.#put(usual, on ? undefined : told);
    if (number === 66) this.#put('keypad', on ? '\u001b=' : undefined);
    if (number === 47 || number === 1047 || number === 1049) this.#switch(number, on);
  }

  #switch(number: number, on: boolean): void {
    if (on && this.#modes.has('alternate')) return;
    this.#put('alternate', on ? `\u001b[?${number}h` : undefined);
    this.#put('alternateRegion', undefined);
    if (!on && number === 1049) this.#restore();
  }

  #ansi(number: number, on: boolean): void {
    if (number === 4) this.#put('insert', on ? '\u001b[4h' : undefined);
    if (number === 20) this.#put('newLine', on ? '\u001b[20h' : undefined);
  }

  #region(edges: readonly number[] | undefined): void {
    if (edges === undefined) return;
    const top = Math.max(1, edges[0] ?? 0);
    const bottom = edges[1] ?? 0;
    const told = bottom > 0 ? `\u001b[${top};${bottom}r` : top > 1 ? `\u001b[${top}r` : undefined;
    this.#put(this.#modes.has('alternate') ? 'alternateRegion' : 'normalRegion', told);
  }

  #style(numbers: readonly number[] | undefined): void {
    if (numbers?.length !== 1) return;
    const [number = 0] = numbers;
    this.#put('cursorStyle', number > 0 && number < 10 ? `\u001b[${number} q` : undefined);
  }

  /** What was kept with the cursor: what programs keep it with are the usual colours and letters. */
  #restore(): void {
    this.#pen.clear();
    for (const mode of ['firstSet', 'secondSet', 'shifted'] as const) this.#modes.delete(mode);
  }

  #soften(): void {
    this.#pen.clear();
    for (const mode of order)
      if (mode !== 'alternate' && mode !== 'mouse' && mode !== 'mouseCoding') this.#modes.delete(mode);
  }

  #put(mode: Mode, told: string | undefined): void {
    if (told === undefined) this.#modes.delete(mode);
    else this.#modes.set(mode, told);
  }
}

function numbersOf(text: string): readonly number[] | undefined {
  return /^(\d{0,5})(;\d{0,5})*$/.test(text) ? text.split(';').map(Number) : undefined;
}
