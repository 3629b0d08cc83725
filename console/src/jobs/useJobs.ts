import type { Job } from '@toolruntime/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { reason } from '../ui/useCommand.ts';
import { readJobs } from './jobs.ts';
import { type Filter, jobEnded } from './status.ts';

/** Milliseconds between two looks at the list, while the page is seen: while something is open, and otherwise. */
const openMs = 1_500;
const idleMs = 5_000;

interface Jobs {
  /** `undefined` until they are known. */
  readonly jobs: readonly Job[] | undefined;
  readonly more: boolean;
  /** Why they could not be read last. */
  readonly error: string | undefined;
  /** Looks at once. */
  readonly refresh: () => void;
}

/** The newest jobs, followed while the page is seen. */
export function useJobs(filter: Filter, tool: string, limit: number): Jobs {
  const [page, setPage] = useState<{ readonly jobs: readonly Job[]; readonly more: boolean }>();
  const [error, setError] = useState<string>();
  const look = useRef(() => {});
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let reading = false;
    const again = (ms: number) => {
      clearTimeout(timer);
      if (!stop.signal.aborted) timer = setTimeout(read, ms);
    };
    const read = async () => {
      if (document.hidden || reading) return;
      reading = true;
      let next = idleMs;
      try {
        const { jobs, next: following } = await readJobs(filter, tool, limit, stop.signal);
        if (stop.signal.aborted) return;
        setPage({ jobs, more: following !== undefined });
        setError(undefined);
        if (jobs.some((job) => !jobEnded(job) && job.state !== 'scheduled')) next = openMs;
      } catch (why) {
        if (!stop.signal.aborted) setError(reason(why));
      } finally {
        reading = false;
        again(next);
      }
    };
    const seen = () => {
      if (!document.hidden) void read();
    };
    look.current = () => again(0);
    void read();
    document.addEventListener('visibilitychange', seen);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [filter, tool, limit]);
  const refresh = useCallback(() => look.current(), []);
  return { jobs: page?.jobs, more: page?.more ?? false, error, refresh };
}
