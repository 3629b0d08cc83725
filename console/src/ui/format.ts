/** `< 0.1 s`, `0.4 s`, `12 s`, `3:07`, `1:02:03`: what has gone by, never rounded up, so that what runs and what has ended read alike. */
export function duration(ms: number): string {
  const safe = Math.max(0, ms);
  if (safe < 100) return '< 0.1 s';
  if (safe < 10_000) return `${(Math.floor(safe / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(safe / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** What is left, in whole seconds: `0 s`, `42 s`, `59:12`. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1_000);
  return seconds < 10 ? `${seconds} s` : duration(seconds * 1_000);
}

/** `512 B`, `1.5 KB`, `3.2 MB`. */
export function bytes(n: number): string {
  if (n < 1_024) return `${n} B`;
  const [value, unit] = n < 1_048_576 ? [n / 1_024, 'KB'] : [n / 1_048_576, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** The time of day, with the date if it is not today's. */
export function when(at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })} ${time}`;
}

/** `1 tool`, `2 tools`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
