import { flushSync } from 'react-dom';

/** Makes a change that takes away what has the focus, and gives the focus to what has come in its place. */
export function focusAfter(change: () => void, within: Element | null, testId: string): void {
  flushSync(change);
  within?.querySelector<HTMLElement>(`[data-testid="${testId}"]`)?.focus();
}
