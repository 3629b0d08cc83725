import { reportFault } from '@toolruntime/client';

/** A page that fails again and again says so only this often. */
const most = 10;

const told = new Set<string>();

/** Tells the server of an error that nobody has handled; the same one only once. */
export function tellFault(error: unknown): void {
  const text = String(error);
  if (told.size >= most || told.has(text)) return;
  told.add(text);
  void reportFault({ url: new URL('/v1/ws', location.href).href }, error, {
    client: 'console',
    page: location.pathname,
  });
}

/** Tells the server of every such error from now on. */
export function watchFaults(): void {
  addEventListener('error', (event) => {
    if (event.error !== undefined && event.error !== null) tellFault(event.error);
  });
  addEventListener('unhandledrejection', (event) => tellFault(event.reason));
}
