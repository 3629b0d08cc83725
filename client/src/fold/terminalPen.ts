/** Characters of a parameter with parts: a colour's, none of which is longer. */
const mostOfParts = 24;

/** In the order in which they are told again. */
const order = [
  'bold',
  'faint',
  'italic',
  'underline',
  'blink',
  'inverse',
  'hidden',
  'struck',
  'overline',
  'foreground',
  'background',
  'lineColor',
] as const;

type Part = (typeof order)[number];

const colors: Readonly<Record<number, Part | undefined>> = { 38: 'foreground', 48: 'background', 58: 'lineColor' };

const attributes: Readonly<Record<number, Part | undefined>> = {
  1: 'bold',
  2: 'faint',
  3: 'italic',
  4: 'underline',
  5: 'blink',
  6: 'blink',
  7: 'inverse',
  8: 'hidden',
  9: 'struck',
  21: 'underline',
  53: 'overline',
};

const ends: Readonly<Record<number, readonly Part[] | undefined>> = {
  0: order,
  22: ['bold', 'faint'],
  23: ['italic'],
  24: ['underline'],
  25: ['blink'],
  27: ['inverse'],
  28: ['hidden'],
  29: ['struck'],
  39: ['foreground'],
  49: ['background'],
  55: ['overline'],
  59: ['lineColor'],
};

/** How a terminal writes: colours and attributes, each by the parameter of SGR that sets it. */
export class TerminalPen {
  readonly #parts = new Map<Part, string>();

  clear(): void {
    this.#parts.clear();
  }

  text(): string {
    if (this.#parts.size === 0) return '';
    return `\u001b[${order.flatMap((part) => this.#parts.get(part) ?? []).join(';')}m`;
  }

  /** Takes the parameters of one SGR. */
  take(parameters: string): void {
    const each = parameters.split(';');
    for (let i = 0; i < each.length; i++) {
      const one = each[i] ?? '';
      const colon = one.indexOf(':');
      const number = numberOf(colon < 0 ? one : one.slice(0, colon));
      const color = colors[number];
      if (colon >= 0) this.#takeParts(one, number);
      else if (color === undefined) this.#takeOne(number);
      else i += this.#takeColor(color, number, each.slice(i + 1));
    }
  }

  /** How many of what follows belong to a colour. */
  #takeColor(part: Part, number: number, rest: readonly string[]): number {
    const [kind] = rest;
    const length = kind === '5' ? 2 : kind === '2' ? 4 : 0;
    if (length === 0) return 0;
    if (rest.length < length) return rest.length;
    const values = rest.slice(1, length).map(numberOf);
    if (values.every((value) => value >= 0 && value <= 255))
      this.#parts.set(part, `${number};${kind};${values.join(';')}`);
    return length;
  }

  #takeParts(whole: string, number: number): void {
    if (whole.length > mostOfParts) return;
    const part = colors[number];
    if (part !== undefined) this.#parts.set(part, whole);
    else if (number === 4 && whole === '4:0') this.#parts.delete('underline');
    else if (number === 4) this.#parts.set('underline', whole);
  }

  #takeOne(number: number): void {
    const attribute = attributes[number];
    if (attribute !== undefined) this.#parts.set(attribute, String(number));
    for (const part of ends[number] ?? []) this.#parts.delete(part);
    if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) this.#parts.set('foreground', String(number));
    if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107))
      this.#parts.set('background', String(number));
  }
}

function numberOf(text: string): number {
  return text === '' ? 0 : /^\d{1,3}$/.test(text) ? Number(text) : -1;
}
