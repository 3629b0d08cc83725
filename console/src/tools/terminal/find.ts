import { textOf } from '../ansi.ts';
import type { LineBlock } from './history.ts';

/** A place where a text was found. */
export interface Match {
  readonly block: number;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

/** So many places are shown at most. */
export const mostMatches = 10_000;

const known = new WeakMap<LineBlock, { readonly query: string; readonly matches: readonly Match[] }>();

/** Where the blocks have that text, whatever its case. Blocks that are as they were are not searched again for the same text. */
export function find(blocks: readonly LineBlock[], query: string): readonly Match[] {
  const needle = query.toLowerCase();
  if (needle === '') return [];
  const all: Match[] = [];
  for (const block of blocks) {
    let found = known.get(block);
    if (found?.query !== needle) {
      found = { query: needle, matches: matchesIn(block, needle) };
      known.set(block, found);
    }
    for (const match of found.matches) {
      all.push(match);
      if (all.length === mostMatches) return all;
    }
  }
  return all;
}

function matchesIn(block: LineBlock, needle: string): readonly Match[] {
  const matches: Match[] = [];
  block.lines.forEach((line, row) => {
    const text = textOf(line);
    const lower = text.toLowerCase();
    // A few letters have small ones of another length: then places are of the text as it is.
    const within = lower.length === text.length ? lower : text;
    for (let at = within.indexOf(needle); at >= 0; at = within.indexOf(needle, at + needle.length)) {
      matches.push({ block: block.id, line: row, from: at, to: at + needle.length });
    }
  });
  return matches;
}
