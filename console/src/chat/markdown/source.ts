import { copied, Fences, isBlank, isDefinition, isTableRule, listItem, type OpenFence } from './lines.ts';

/** A run of text that is drawn by itself. Once another follows it, it stays the same object for ever. */
export interface Segment {
  readonly id: number;
  readonly text: string;
  /** What has to stand before the text so that it means what it means in its place: a table's head. */
  readonly prefix: string;
  /** Of a fenced block of code, or of a part of one. */
  readonly code?: CodePart;
  /** It goes on where the one before was cut only because that was long enough. */
  readonly continued: boolean;
}

export interface CodePart {
  readonly lang: string;
  readonly indent: number;
  /** Where the whole block's content lies in the source; its end is open while it is being written. */
  readonly block: { readonly from: number; to?: number };
}

/** Segments that are drawn together. */
export interface Group {
  readonly id: number;
  readonly segments: readonly Segment[];
  readonly length: number;
}

/** So much text makes a segment or a group full, in UTF-16 units. */
export const enough = 4_096;

/**
 * Markdown that grows, cut where blocks end: between paragraphs, lists, tables and fenced code, and inside those when they get long. What is
 * finished is never looked at again, so that a text costs its length, however many pieces it comes in.
 */
export class MarkdownSource {
  #text = '';
  #groups: Group[] = [];
  #open: Segment[] = [];
  #openLength = 0;
  #nextId = 0;
  /** Where the segment that is being written begins, where its text does (code stands behind a fence), and the next line to look at. */
  #from = 0;
  #textFrom = 0;
  #line = 0;
  #blank = false;
  #list = false;
  #table = '';
  #lastLine = '';
  #prefix = '';
  #continued = false;
  #fences = new Fences();
  #code: CodePart | undefined;
  #definitions: string[] = [];
  #result: readonly Group[] = [];

  /** Link targets, which may stand anywhere. */
  get definitions(): string {
    return this.#definitions.join('\n');
  }

  /** What stands in a block of code, all its parts together. */
  codeOf({ block, indent }: CodePart): string {
    return unindented(this.#text.slice(block.from, block.to).replace(/\n$/, ''), indent);
  }

  /** The groups of that text; cheap if it goes on with the last one. */
  update(text: string): readonly Group[] {
    if (text === this.#text && this.#result.length > 0) return this.#result;
    if (!text.startsWith(this.#text)) this.#begin();
    this.#text = text;
    for (let end = text.indexOf('\n', this.#line); end >= 0; end = text.indexOf('\n', this.#line)) {
      this.#take(text.slice(this.#line, end), end + 1);
    }
    this.#cutLongLine();
    this.#result = this.#all();
    return this.#result;
  }

  #begin(): void {
    this.#groups = [];
    this.#open = [];
    this.#openLength = 0;
    this.#from = 0;
    this.#textFrom = 0;
    this.#line = 0;
    this.#fences = new Fences();
    this.#definitions = [];
    this.#reset();
  }

  #reset(): void {
    this.#blank = false;
    this.#list = false;
    this.#table = '';
    this.#prefix = '';
    this.#continued = false;
    this.#code = undefined;
    this.#lastLine = '';
  }

  /** One whole line; `next` is where the one after it begins. */
  #take(line: string, next: number): void {
    const { open } = this.#fences;
    if (open !== undefined) this.#takeCode(line, next, open);
    else if (isBlank(line)) this.#blank = true;
    else this.#takeText(line, next);
    this.#line = next;
  }

  #takeCode(line: string, next: number, open: OpenFence): void {
    const closed = this.#fences.closes(line);
    if (this.#code === undefined) {
      // Code inside a list is a part of the list, unless it is long.
      if (!closed && next - this.#from > 4 * enough)
        this.#cut(next, { prefix: '', continued: true, code: codeOf(open, next) });
      return;
    }
    if (closed) {
      this.#code.block.to = this.#line;
      this.#cut(next, undefined, this.#line);
    } else if (next - this.#from > enough) this.#cut(next, { prefix: '', continued: true, code: this.#code });
  }

  #takeText(line: string, next: number): void {
    const item = listItem(line);
    const long = this.#line - this.#from > enough;
    const atMargin = !/^[ \t]/.test(line);
    if (this.#line > this.#from && atMargin) {
      if (this.#blank && !(this.#list && item)) this.#cut(this.#line);
      else if (long && this.#list && item) this.#cut(this.#line);
    }
    this.#blank = false;
    const fence = this.#fences.opens(line, this.#list);
    if (fence !== undefined && !fence.nested) {
      if (this.#line > this.#from) this.#cut(this.#line);
      this.#code = codeOf(fence, next);
      this.#textFrom = next;
      return;
    }
    this.#list ||= item;
    if (isDefinition(line)) this.#definitions.push(copied(line));
    if (isTableRule(line) && this.#lastLine.includes('|')) this.#table = `${this.#lastLine}\n${copied(line)}\n`;
    else if (this.#table !== '' && !line.includes('|')) this.#table = '';
    this.#lastLine = copied(line);
    if (fence === undefined && next - this.#from > (this.#list ? 4 * enough : enough))
      this.#cut(next, { prefix: this.#table, continued: true });
  }

  /** A line without an end is cut where it is long enough, at a space if there is one. */
  #cutLongLine(): void {
    while (this.#text.length - Math.max(this.#from, this.#line) > 2 * enough) {
      const from = Math.max(this.#from, this.#line);
      let at = this.#code === undefined ? this.#text.lastIndexOf(' ', from + enough) + 1 : 0;
      if (at <= from) at = from + enough;
      const unit = this.#text.charCodeAt(at);
      if (unit >= 0xdc00 && unit <= 0xdfff) at++;
      const code = this.#code === undefined ? {} : { code: this.#code };
      this.#line = at;
      this.#cut(at, { prefix: '', continued: true, ...code });
    }
  }

  /** Ends the segment there; the next one is as `going` says. */
  #cut(at: number, going?: { prefix: string; continued: boolean; code?: CodePart }, textTo = at): void {
    const segment = this.#segment(textTo);
    this.#open.push(segment);
    this.#openLength += segment.text.length;
    if (this.#openLength >= enough) {
      this.#groups.push({ id: this.#open[0]?.id ?? 0, segments: this.#open, length: this.#openLength });
      this.#open = [];
      this.#openLength = 0;
    }
    this.#nextId++;
    this.#from = at;
    this.#textFrom = at;
    const { list, table } = { list: this.#list, table: this.#table };
    this.#reset();
    if (going === undefined) return;
    this.#prefix = going.prefix;
    this.#continued = going.continued;
    this.#code = going.code;
    if (going.code !== undefined) return;
    this.#list = list;
    this.#table = table;
  }

  #segment(to: number): Segment {
    return {
      id: this.#nextId,
      text: copied(this.#text.slice(this.#textFrom, to)),
      prefix: this.#prefix,
      continued: this.#continued,
      ...(this.#code === undefined ? {} : { code: this.#code }),
    };
  }

  #all(): readonly Group[] {
    const last = this.#from < this.#text.length ? [this.#segment(this.#text.length)] : [];
    const segments = [...this.#open, ...last];
    if (segments.length === 0) return [...this.#groups];
    const length = this.#openLength + (last[0]?.text.length ?? 0);
    return [...this.#groups, { id: segments[0]?.id ?? 0, segments, length }];
  }
}

function codeOf(fence: OpenFence, from: number): CodePart {
  return { lang: copied(fence.lang), indent: fence.indent, block: { from } };
}

/** Code without the spaces that its fence stands behind. */
export function unindented(text: string, indent: number): string {
  return indent === 0 ? text : text.replace(new RegExp(`^ {1,${indent}}`, 'gm'), '');
}
