import { type KeyboardEvent, useEffect, useId, useState } from 'react';

/** Which entry of a list belongs to a field that has the focus, and the keys that go through it. */
export interface Listbox {
  /** The place of the marked entry; -1 where none is. */
  readonly at: number;
  readonly mark: (at: number) => void;
  readonly id: string;
  /** The id of an entry. */
  readonly optionId: (at: number) => string;
  /** Takes a key of the field; whether it was one of the list's. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/**
 * A list that is gone through by arrow keys while its field keeps the focus (ARIA: `aria-activedescendant`).
 * @param first the entry that is marked at first, and again whenever `key` changes.
 */
export function useListbox(count: number, choose: (at: number) => void, key: string, first = 0): Listbox {
  const [at, setAt] = useState(first);
  const id = useId();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another list
  useEffect(() => setAt(first), [key, first]);
  const marked = Math.min(at, count - 1);
  const optionId = (i: number) => `${id}-${i}`;
  useEffect(() => {
    if (marked >= 0) document.getElementById(`${id}-${marked}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [id, marked]);
  const onKey = (event: KeyboardEvent): boolean => {
    if (count === 0 || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === 'ArrowDown') setAt((marked + 1) % count);
    else if (event.key === 'ArrowUp') setAt(marked <= 0 ? count - 1 : marked - 1);
    else if (event.key === 'Enter' && !event.shiftKey && marked >= 0) choose(marked);
    else return false;
    event.preventDefault();
    return true;
  };
  return { at: marked, mark: setAt, id, optionId, onKey };
}
