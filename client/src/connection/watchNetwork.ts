/** Calls `back` when a browser says that the network is back or the page is looked at again; returns how to stop. Does nothing elsewhere. */
export function watchNetwork(back: () => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') back();
  };
  window.addEventListener('online', back);
  document.addEventListener('visibilitychange', visible);
  return () => {
    window.removeEventListener('online', back);
    document.removeEventListener('visibilitychange', visible);
  };
}
