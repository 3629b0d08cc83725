import { useCallback, useState } from 'react';

const kept = new WeakMap<object, Map<string, unknown>>();

/** State of a part of what `owner` shows, which outlives that the part is not drawn for a while. */
export function useKept<T>(owner: object, key: string, initial: T): readonly [T, (value: T) => void] {
  const [value, setValue] = useState(() => (kept.get(owner)?.get(key) as T | undefined) ?? initial);
  const set = useCallback(
    (next: T) => {
      const values = kept.get(owner) ?? new Map<string, unknown>();
      kept.set(owner, values.set(key, next));
      setValue(next);
    },
    [owner, key],
  );
  return [value, set];
}
