import { TerminalModeSet } from './terminalModeSet.ts';

/** Characters of a sequence; a longer one is no sequence that anybody sends, and says nothing. */
const most = 128;

type Place = 'ground' | 'escape' | 'control' | 'command' | 'string';

const cancel = 0x18;
const substitute = 0x1a;
const esc = 0x1b;
const bell = 0x07;
const shiftOut = 0x0e;
const shiftIn = 0x0f;

/**
 * The modes of a terminal after more text, as the shortest control sequences that set them: `after(after(m, a), b)` equals `after(m, a + b)`
 * wherever the text is divided, also within a sequence, whose beginning then ends what is returned.
 */
export function terminalModesAfter(modes: string, text: string): string {
  if (modes === '' && nextTelling(text, 0) < 0) return '';
  const reader = new Reader();
  reader.read(modes);
  reader.read(text);
  return reader.modes();
}

function nextTelling(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === esc || code === shiftOut || code === shiftIn) return i;
  }
  return -1;
}

/** Finds in a terminal's text the sequences that set modes, as the parser of the VT500 does. */
class Reader {
  readonly #set = new TerminalModeSet();
  #sequence = '';
  #place: Place = 'ground';

  read(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.#place === 'ground') {
        const next = nextTelling(text, i);
        if (next < 0) return;
        i = next;
      }
      this.#take(text.charCodeAt(i));
    }
  }

  modes(): string {
    return this.#set.text() + this.#begun();
  }

  #begun(): string {
    switch (this.#place) {
      case 'ground':
        return '';
      case 'escape':
        return `\u001b${this.#sequence}`;
      case 'control':
        return `\u001b[${this.#sequence}`;
      // What it says is none of ours, and what is left of it is not to be taken for a whole one.
      case 'command':
        return '\u001b]x';
      case 'string':
        return '\u001b_';
    }
  }

  #take(code: number): void {
    if (code === esc) {
      this.#place = 'escape';
      this.#sequence = '';
    } else if (code === cancel || code === substitute || (code === bell && this.#place === 'command')) {
      this.#place = 'ground';
    } else if (this.#place === 'ground') {
      this.#set.shift(code === shiftOut);
    } else if (this.#place === 'escape' || this.#place === 'control') {
      if (code < 0x20 || code === 0x7f) return;
      if (this.#place === 'escape') this.#takeEscape(code);
      else this.#takeControl(code);
    }
  }

  #takeEscape(code: number): void {
    const character = String.fromCharCode(code);
    const begun = this.#sequence === '' ? places[character] : undefined;
    if (code <= 0x2f) this.#gather(character);
    else if (begun !== undefined) this.#place = begun;
    else {
      this.#place = 'ground';
      if (code <= 0x7e) this.#set.escape(this.#sequence, character);
    }
  }

  #takeControl(code: number): void {
    const character = String.fromCharCode(code);
    if (code <= 0x3f) this.#gather(character);
    else {
      this.#place = 'ground';
      if (code <= 0x7e && this.#sequence.length <= most) this.#set.control(this.#sequence, character);
    }
  }

  #gather(character: string): void {
    if (this.#sequence.length <= most) this.#sequence += character;
  }
}

const places: Readonly<Record<string, Place | undefined>> = {
  '[': 'control',
  ']': 'command',
  P: 'string',
  X: 'string',
  '^': 'string',
  _: 'string',
};
