/** A line that has what is looked for, and where. */
export interface FoundLine {
  /** Its place among all lines. */
  readonly at: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The lines that have a text, whatever its case; the newest {@link most}. */
export function filterLines(text: string, wanted: string, most = 500): readonly FoundLine[] {
  const sought = wanted.toLowerCase();
  if (sought === '') return [];
  const lines = text.split('\n');
  const found: FoundLine[] = [];
  for (let at = lines.length - 1; at >= 0 && found.length < most; at--) {
    const line = lines[at] ?? '';
    const from = line.toLowerCase().indexOf(sought);
    if (from >= 0) found.push({ at, text: line, from, to: from + sought.length });
  }
  return found.reverse();
}

/** Whether what is known of a terminal has a text. */
export function matches(known: readonly (string | undefined)[], wanted: string): boolean {
  const sought = wanted.toLowerCase();
  return known.some((text) => text?.toLowerCase().includes(sought) === true);
}
