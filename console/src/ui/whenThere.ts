/** Calls back with what the selector finds, now or as soon as it is drawn; returns how to stop waiting. */
export function whenThere(within: Element, selector: string, found: (element: HTMLElement) => void): () => void {
  const now = within.querySelector<HTMLElement>(selector);
  if (now !== null) {
    found(now);
    return () => {};
  }
  const observer = new MutationObserver(() => {
    const element = within.querySelector<HTMLElement>(selector);
    if (element === null) return;
    observer.disconnect();
    found(element);
  });
  observer.observe(within, { childList: true, subtree: true });
  return () => observer.disconnect();
}
