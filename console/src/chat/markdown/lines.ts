/** A fence that code stands behind. */
export interface OpenFence {
  readonly mark: string;
  readonly length: number;
  readonly indent: number;
  readonly lang: string;
  /** Whether it belongs to a list's item. */
  readonly nested: boolean;
}

const fence = /^([ \t]*)(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}|~{3,})[ \t]*(.*)$/;

/** Where fenced code begins and ends, line by line. */
export class Fences {
  #open: OpenFence | undefined;

  get open(): OpenFence | undefined {
    return this.#open;
  }

  /** The fence that this line opens. */
  opens(line: string, inList: boolean): OpenFence | undefined {
    const [, indent = '', mark = '', info = ''] = fence.exec(line) ?? [];
    if (mark === '' || (mark.startsWith('`') && info.includes('`'))) return undefined;
    const own = line.slice(indent.length).startsWith(mark);
    const nested = !own || (inList && indent !== '') || indent.length > 3;
    if (nested && !inList && own) return undefined;
    const lang = info.trim();
    this.#open = { mark: mark.charAt(0), length: mark.length, indent: indent.length, lang, nested };
    return this.#open;
  }

  /** Whether this line ends the open one. */
  closes(line: string): boolean {
    const open = this.#open;
    if (open === undefined) return false;
    const trimmed = line.trim();
    if (trimmed.length < open.length || trimmed !== open.mark.repeat(trimmed.length)) return false;
    this.#open = undefined;
    return true;
  }
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** Whether a line begins an item of a list that is not inside of another one. */
export function listItem(line: string): boolean {
  return /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/.test(line);
}

export function isDefinition(line: string): boolean {
  return /^ {0,3}\[[^\]]+\]:[ \t]*\S/.test(line);
}

/** The line between a table's head and its rows. */
export function isTableRule(line: string): boolean {
  return line.length < 2_000 && line.includes('-') && line.includes('|') && /^[ \t|:-]+$/.test(line);
}

/** The same characters in a string of its own: a slice would keep all of the string that it was cut from. */
export function copied(text: string): string {
  return ` ${text}`.slice(1);
}
