import type { Player } from './player.ts';

/** So far an arrow goes, in play time. */
const leapMs = 5_000;

const actions: Readonly<Record<string, (player: Player) => void>> = {
  ' ': (player) => player.toggle(),
  ArrowLeft: (player) => player.seek(player.getState().play - leapMs),
  ArrowRight: (player) => player.seek(player.getState().play + leapMs),
  Home: (player) => player.seek(0),
  End: (player) => player.seek(player.moments.length),
  ',': (player) => player.step(-1),
  '.': (player) => player.step(1),
  '[': (player) => player.toMark(-1),
  ']': (player) => player.toMark(1),
};

/** Keys of a replay, wherever the focus is, but where they mean something of their own. Returns how to stop. */
export function listenToKeys(player: Player): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target, key } = event;
    const action = actions[key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLElement) {
      if (target.matches('select, textarea, input:not([type=range]), [contenteditable]')) return;
      if (key === ' ' && target.matches('button, a, summary')) return;
    }
    if (document.querySelector('dialog[open]') !== null) return;
    event.preventDefault();
    action(player);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
