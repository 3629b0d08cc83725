/** Runs `flush` soon, once. */
export type Schedule = (flush: () => void) => void;

/** Milliseconds after which a flush comes even if no frame is painted, as in a hidden tab. */
const hiddenMs = 100;

/** Before the next painted frame in a browser, in the next turn elsewhere. */
export const nextFrame: Schedule = (flush) => {
  if (typeof requestAnimationFrame === 'undefined') {
    setTimeout(flush, 0);
    return;
  }
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    flush();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, hiddenMs);
};

/** Listeners that are told at most once a frame, however often something changes. */
export class Notifier {
  readonly #listeners = new Set<() => void>();
  readonly #schedule: Schedule;
  readonly #publish: () => void;
  #scheduled = false;

  /** @param publish makes the changes visible, just before the listeners are told. */
  constructor(schedule: Schedule, publish: () => void) {
    this.#schedule = schedule;
    this.#publish = publish;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => {
      this.#scheduled = false;
      this.#publish();
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
