/** What was seen of an execution the last time that it was followed. */
interface Known {
  readonly command: string;
  readonly terminal: boolean;
}

const most = 1_000;
const known = new Map<string, Known>();

/** Remembers it, for the filter: what is out of sight tells nothing. */
export function learn(id: string, what: Known): void {
  known.delete(id);
  known.set(id, what);
  for (const oldest of known.keys()) {
    if (known.size <= most) return;
    known.delete(oldest);
  }
}

export function knownOf(id: string): Known | undefined {
  return known.get(id);
}
