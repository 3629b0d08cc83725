/** `0`, `950`, `1.2 k`, `34 k`, `5.6 M`. */
export function compact(n: number): string {
  for (const [unit, size] of [
    ['M', 1_000_000],
    ['k', 1_000],
  ] as const) {
    // What would be shown as 1,000 of a unit is one of the next.
    if (n >= size * 0.9995) {
      const value = n / size;
      return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    }
  }
  return String(Math.round(n));
}

/** `12 ms`, `950 ms`, `1.2 s`, `45 s`, `2.5 min`; `–` where nothing was measured. */
export function spent(ms: number | undefined | null): string {
  if (ms === undefined || ms === null) return '–';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${ms < 9_950 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
  if (ms < 3_597_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `99.5 %`, and never `100 %` or `0 %` of what is only nearly so; `–` where nothing was judged. */
export function percent(rate: number | undefined): string {
  if (rate === undefined) return '–';
  if (rate === 1) return '100 %';
  if (rate === 0) return '0 %';
  return `${Math.min(99.9, Math.max(0.1, rate * 100)).toFixed(1)} %`;
}
