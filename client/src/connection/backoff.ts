/** When to try again: full jitter, so that the clients of a gateway that went away do not come back all at once. */
export interface BackoffOptions {
  /** Milliseconds that the first wait may take at most. Default 250. */
  readonly baseMs?: number;
  /** Milliseconds that any wait may take at most. Default 10,000. */
  readonly capMs?: number;
  /** From 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

const soonMs = 100;

/** Counts failures and draws the wait before the next try. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(options: BackoffOptions = {}) {
    this.#baseMs = options.baseMs ?? 250;
    this.#capMs = options.capMs ?? 10_000;
    this.#random = options.random ?? Math.random;
  }

  /** Failures since the last {@link reset}. */
  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds to wait now: anything from 0 to `base * 2^failures`, at most `cap`. */
  next(): number {
    const ceiling = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures++;
    return this.#random() * ceiling;
  }

  /** Milliseconds before another gateway is tried: hardly any, so that the clients of one that died do not come in the same instant. */
  soon(): number {
    return this.#random() * soonMs;
  }

  /** `ms` as the server advised, and up to one base more. */
  advised(ms: number): number {
    this.#failures++;
    return ms + this.#random() * this.#baseMs;
  }

  reset(): void {
    this.#failures = 0;
  }
}
