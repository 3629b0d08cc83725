/** What this browser keeps under names that begin so. */
const prefix = 'toolruntime.';

/** What is stored under a name; `undefined` where there is nothing, or nothing that can be read. */
export function readStored(name: string): unknown {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Stores a value; `undefined` removes it. Private windows may refuse: it then lives as long as the page. */
export function store(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // See above.
  }
}

/** Calls `changed` when another tab has stored something under that name; returns how to stop. */
export function onStored(name: string, changed: () => void): () => void {
  const listener = (event: StorageEvent) => {
    if (event.key === prefix + name || event.key === null) changed();
  };
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
}
