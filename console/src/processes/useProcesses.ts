import type { ProcessesSnapshot } from '@toolruntime/client';
import { useEffect, useSyncExternalStore } from 'react';
import { connection } from '../app/connection.ts';

const watch = connection.watchProcesses();

/** The processes of tools, or of all hosts, live while the page is seen. */
export function useProcesses(host: boolean): ProcessesSnapshot {
  useEffect(() => {
    let release: (() => void) | undefined;
    const look = () => {
      release?.();
      release = document.hidden ? undefined : watch.acquire({ host });
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      release?.();
    };
  }, [host]);
  return useSyncExternalStore(watch.subscribe, watch.getSnapshot);
}
