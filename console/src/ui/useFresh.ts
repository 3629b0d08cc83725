import { useEffect, useRef, useState } from 'react';
import { serverNow } from '../app/clock.ts';

/** Whether something has ended while it was looked at, rather than before: what has moves a little. */
export function useFresh(ended: boolean): boolean {
  const before = useRef(ended);
  const [fresh, setFresh] = useState(false);
  useEffect(() => {
    if (ended && !before.current) setFresh(true);
    before.current = ended;
  }, [ended]);
  return fresh;
}

const newMs = 1_500;

/** Whether something had just begun when it was first drawn. */
export function useNew(startedAt: string): boolean {
  return useState(() => Math.abs(serverNow() - Date.parse(startedAt)) < newMs)[0];
}
