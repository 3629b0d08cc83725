import type { Session } from '@toolruntime/client';
import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react';
import { connection } from '../app/connection.ts';

function watchPage(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/** Whether an element is within sight, on a page that is. */
export function useInSight(element: RefObject<HTMLElement | null>): boolean {
  const [inside, setInside] = useState(false);
  const page = useSyncExternalStore(watchPage, () => !document.hidden);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setInside(entries.at(-1)?.isIntersecting === true));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return inside && page;
}

/**
 * An execution, followed while it is in sight. What was out of sight is followed anew, from what there is then: neither server nor page did anything for
 * it meanwhile, and nothing that was missed is sent.
 */
export function useFollowed(session: string, execution: string, inSight: boolean): Session | undefined {
  const [followed, setFollowed] = useState<Session>();
  useEffect(() => {
    if (!inSight) return undefined;
    const following = connection.execution(session, execution, { lingerMs: 0 });
    const release = following.acquire();
    setFollowed(following);
    return () => {
      release();
      setFollowed(undefined);
    };
  }, [session, execution, inSight]);
  return followed;
}
