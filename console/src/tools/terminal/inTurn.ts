/** Milliseconds after which others get their turn. */
const sliceMs = 8;

const waiting = new Set<() => void>();
let scheduled = false;

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(run);
}

function run(): void {
  scheduled = false;
  const began = performance.now();
  for (const each of waiting) {
    waiting.delete(each);
    each();
    if (performance.now() - began > sliceMs) break;
  }
  if (waiting.size > 0) schedule();
}

/** Does it soon, once, in a task that does not take long however many others wait. */
export function inTurn(work: () => void): void {
  waiting.add(work);
  schedule();
}
