import type { OutputTail } from '@toolruntime/client';
import { plain, renderLine, type Segment, type Style } from './ansi.ts';
import { appended, shownText } from './appended.ts';

/** Lines that are drawn together; a new object only when one of them changes. */
export interface LineBlock {
  readonly id: number;
  readonly lines: readonly (readonly Segment[])[];
}

const linesPerBlock = 50;
const keptBlocks = 24;
const keptRawLine = 16_384;

/**
 * One output stream as lines. Takes each new tail and works only on what was appended, so that a tool that prints costs what it prints and not
 * what it has printed.
 */
export class LineBuffer {
  #tail: OutputTail | undefined;
  #attempt = 0;
  #blocks: LineBlock[] = [];
  #nextId = 0;
  /** The last, unfinished line as it came, and the style that it begins with. */
  #raw = '';
  #style: Style = plain;
  #result: readonly LineBlock[] = [];

  /** The lines of that tail; the same array for the same tail. */
  update(attempt: number, tail: OutputTail | undefined): readonly LineBlock[] {
    if (tail === this.#tail && attempt === this.#attempt) return this.#result;
    const fresh = attempt === this.#attempt ? appended(this.#tail, tail) : undefined;
    if (fresh === undefined) this.#clear();
    this.#feed(fresh ?? shownText(tail));
    this.#tail = tail;
    this.#attempt = attempt;
    const last = renderLine(this.#raw, this.#style).segments;
    this.#result = this.#raw === '' ? [...this.#blocks] : withLine(this.#blocks, last, this.#nextId);
    return this.#result;
  }

  #clear(): void {
    this.#blocks = [];
    this.#raw = '';
    this.#style = plain;
  }

  #feed(text: string): void {
    const parts = text.split('\n');
    for (let i = 0; i < parts.length - 1; i++) {
      const line = renderLine((this.#raw + parts[i]).replace(/\r+$/, ''), this.#style);
      this.#raw = '';
      this.#style = line.end;
      const count = this.#blocks.length;
      this.#blocks = withLine(this.#blocks, line.segments, this.#nextId);
      if (this.#blocks.length > count) this.#nextId++;
    }
    this.#raw += parts.at(-1) ?? '';
    if (this.#raw.length > keptRawLine)
      this.#raw = this.#raw.slice(this.#raw.lastIndexOf('\r', this.#raw.length - 2) + 1);
    if (this.#blocks.length > keptBlocks) this.#blocks = this.#blocks.slice(-keptBlocks);
  }
}

function withLine(blocks: readonly LineBlock[], line: readonly Segment[], nextId: number): LineBlock[] {
  const last = blocks.at(-1);
  if (last === undefined || last.lines.length >= linesPerBlock) return [...blocks, { id: nextId, lines: [line] }];
  return [...blocks.slice(0, -1), { id: last.id, lines: [...last.lines, line] }];
}
