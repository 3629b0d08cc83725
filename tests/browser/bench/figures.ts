/** Numbers measured, sorted once. */
export class Figures {
  readonly #sorted: readonly number[];

  constructor(values: readonly number[]) {
    this.#sorted = [...values].sort((a, b) => a - b);
  }

  get count(): number {
    return this.#sorted.length;
  }

  /** The smallest value that `share` of all do not exceed. */
  percentile(share: number): number {
    return this.#sorted[Math.min(this.count - 1, Math.ceil(share * this.count) - 1)] ?? Number.NaN;
  }

  /** How many per cent are above a limit. */
  above(limit: number): number {
    return (this.#sorted.filter((value) => value > limit).length / this.count) * 100;
  }

  toString(): string {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => this.percentile(share).toFixed(1));
    return `p50 ${p50}, p95 ${p95}, p99 ${p99} ms (${this.count})`;
  }
}
