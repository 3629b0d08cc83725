import { useCallback, useEffect, useMemo } from 'react';
import { noteWall, useWallPlace } from '../app/route.ts';
import { readStored, store } from '../app/storage.ts';
import { formatLayout, type Layout, parseLayout } from './layout.ts';

const kept = 'wall';

/** What is on the wall: as the address says, so that it can be sent to others; without a word there, as it was left in this browser. */
export function useWall(): readonly [layout: Layout, change: (next: (layout: Layout) => Layout) => void] {
  const search = useWallPlace() ?? '';
  useEffect(() => {
    if (search !== '') return;
    const before = readStored(kept);
    if (typeof before === 'string' && before !== '') noteWall(before);
  }, [search]);
  const layout = useMemo(() => parseLayout(new URLSearchParams(search)), [search]);
  const change = useCallback((next: (layout: Layout) => Layout) => {
    const now = parseLayout(new URLSearchParams(location.search));
    const after = formatLayout(next(now));
    if (after === formatLayout(now)) return;
    store(kept, after === '' ? undefined : after);
    noteWall(after);
  }, []);
  return [layout, change];
}
