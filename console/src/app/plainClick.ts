import type { MouseEvent } from 'react';

/** Has a link do it within the page; what opens a link elsewhere is left to the browser. */
export function plainClick(go: () => void): (event: MouseEvent) => void {
  return (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go();
  };
}
