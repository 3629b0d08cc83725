/** Keys that work anywhere: where each goes. */
const places: Readonly<Record<string, string>> = { '/': '#composer', a: '[data-testid="tool-approve"]' };

/** `/` goes to the composer, `a` to the first tool that needs approval. Returns how to stop. */
export function shortcuts(): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target } = event;
    const typing = target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');
    const place = places[event.key];
    if (place === undefined || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    document.querySelector<HTMLElement>(place)?.focus();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
