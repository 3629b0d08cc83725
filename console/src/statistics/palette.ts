/** The page's colours as they are now, for what draws by itself. */
export function palette(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/** Calls back when the colours have changed: light and dark. Returns how to stop. */
export function drawAgain(changed: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  return () => dark.removeEventListener('change', changed);
}
