/** Watches for silence: asks after one heartbeat without a frame, gives the connection up after two. */
export class Heartbeat {
  readonly #ask: () => void;
  readonly #giveUp: () => void;
  #intervalMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => void, giveUp: () => void) {
    this.#ask = ask;
    this.#giveUp = giveUp;
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.heard();
  }

  /** A frame has come. */
  heard(): void {
    if (this.#intervalMs === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(this.#giveUp, this.#intervalMs);
      this.#ask();
    }, this.#intervalMs);
  }

  stop(): void {
    this.#intervalMs = 0;
    clearTimeout(this.#timer);
  }
}
