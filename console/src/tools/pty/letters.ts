import type { Terminal } from '@xterm/xterm';

/** Pixels of letters where there is room. */
export const usualLetters = 13;
const smallest = 9;

/** Makes letters just so small that all of a terminal of a given size is seen in its place; one that is much larger is scrolled. */
export function fitLetters(terminal: Terminal, place: HTMLElement): void {
  for (let letters = usualLetters; letters >= smallest; letters -= 0.5) {
    terminal.options.fontSize = letters;
    if (isWhole(place)) return;
  }
  terminal.options.fontSize = usualLetters;
}

// What scroll bars take does not count: whether there are any hangs on the letters.
function isWhole(place: HTMLElement): boolean {
  const screen = place.querySelector<HTMLElement>('.xterm-screen');
  if (screen === null) return true;
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(place);
  const width = place.offsetWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  const height = place.offsetHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
  return screen.offsetWidth <= width && screen.offsetHeight <= height;
}
