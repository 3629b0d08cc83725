/** Milliseconds after which it goes on even if no frame is painted, as in a hidden tab. */
const hiddenMs = 100;

const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let frame = 0;

function run(): void {
  clearTimeout(timer);
  if (typeof cancelAnimationFrame !== 'undefined') cancelAnimationFrame(frame);
  timer = undefined;
  const now = [...waiting];
  waiting.clear();
  for (const each of now) each();
}

/** Calls it before the next painted frame, once, together with all others that wait for that. */
export function onNextFrame(callback: () => void): void {
  waiting.add(callback);
  if (timer !== undefined) return;
  timer = setTimeout(run, hiddenMs);
  if (typeof requestAnimationFrame !== 'undefined') frame = requestAnimationFrame(run);
}
