/** Keys that work anywhere: `/` goes to the composer. Returns how to stop. */
export function shortcuts(): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target } = event;
    const typing = target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    document.getElementById('composer')?.focus();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
