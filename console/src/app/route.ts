import { useMemo, useSyncExternalStore } from 'react';

const path = /^\/s\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/;
const listeners = new Set<() => void>();

function current(): string | undefined {
  return path.exec(location.pathname)?.[1];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

const jobsShown = () => /^\/jobs\/?$/.test(location.pathname);

/** Whether the address names the list of jobs. */
export function useJobsRoute(): boolean {
  return useSyncExternalStore(subscribe, jobsShown);
}

/** The address of the list of jobs. */
export const jobsPath = '/jobs';

/** Shows the list of jobs. */
export function showJobs(): void {
  go(jobsPath, false);
}

const processesShown = () => /^\/processes\/?$/.test(location.pathname);

/** Whether the address names the list of processes. */
export function useProcessesRoute(): boolean {
  return useSyncExternalStore(subscribe, processesShown);
}

/** The address of the list of processes. */
export const processesPath = '/processes';

/** Shows the list of processes. */
export function showProcesses(): void {
  go(processesPath, false);
}

export const wallPath = '/wall';
const wallShown = () => (location.pathname.replace(/\/$/, '') === wallPath ? location.search.slice(1) : undefined);

/** What the address says of the wall, '' for nothing; `undefined` where it names something else. */
export function useWallPlace(): string | undefined {
  return useSyncExternalStore(subscribe, wallShown);
}

/** Shows the wall as it was left. */
export function showWall(): void {
  go(wallPath, false);
}

/** Notes in the address what is on the wall; the way back stays as it is. */
export function noteWall(query: string): void {
  go(query === '' ? wallPath : `${wallPath}?${query}`, true);
}

/** The session that the address names: `/s/<id>`. */
export function useRoute(): string | undefined {
  return useSyncExternalStore(subscribe, current);
}

/** The address of a session. */
export function sessionPath(id: string): string {
  return `/s/${id}`;
}

/** What of the session's files is shown beside it: a path, '' for all, `undefined` for none. In the address: `?files=<path>`. */
export function useFilesShown(): string | undefined {
  return useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get('files') ?? undefined);
}

/** Shows files, or no more; the way back leads to the page before all the same. */
export function showFiles(path: string | undefined): void {
  const search = path === undefined ? '' : `?files=${encodeURIComponent(path)}`;
  history.replaceState(null, '', `${location.pathname}${search}`);
  for (const listener of [...listeners]) listener();
}

/** Which of the session's processes is shown beside it: a name, '' for none of them in particular, `undefined` for none at all. In the address: `?processes=<name>`. */
export function useNamedShown(): string | undefined {
  return useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get('processes') ?? undefined);
}

/** Shows processes, or no more; they and the files take each other's place. */
export function showNamed(name: string | undefined): void {
  const search = name === undefined ? '' : `?processes=${encodeURIComponent(name)}`;
  history.replaceState(null, '', `${location.pathname}${search}`);
  for (const listener of [...listeners]) listener();
}

/** What of the session is replayed, and from where. In the address: `?replay=<execution, or nothing for all>&at=<seq>`. */
export interface ReplayPlace {
  readonly execution: string | undefined;
  readonly at: number | undefined;
  /** The token of the link that it is seen by; none for those who may read the session. */
  readonly shared?: string;
}

/** The token of a link to a replay, where the address is one. */
export function sharedToken(): string | undefined {
  return /^\/shared\/([A-Za-z0-9_-]{1,64})\/?$/.exec(location.pathname)?.[1];
}

/** The moment that an address names. */
export function atOf(search: string): number | undefined {
  const at = new URLSearchParams(search).get('at') ?? '';
  return /^\d{1,15}$/.test(at) ? Number(at) : undefined;
}

/** What the address says of a replay; `undefined` where it says nothing of one. */
export function useReplayPlace(): ReplayPlace | undefined {
  const search = useSyncExternalStore(subscribe, () =>
    new URLSearchParams(location.search).has('replay') ? location.search : undefined,
  );
  return useMemo(() => {
    const query = new URLSearchParams(search);
    const execution = query.get('replay');
    if (search === undefined || execution === null) return undefined;
    return { execution: execution === '' ? undefined : execution, at: atOf(search) };
  }, [search]);
}

/** The address of a moment of a replay. */
export function replayPath(session: string, { execution, at, shared }: ReplayPlace): string {
  if (shared !== undefined) return `/shared/${shared}${at === undefined ? '' : `?at=${at}`}`;
  const place = at === undefined ? '' : `&at=${at}`;
  return `${sessionPath(session)}?replay=${encodeURIComponent(execution ?? '')}${place}`;
}

/** Shows a replay, with a way back. */
export function showReplay(session: string, execution: string | undefined): void {
  go(replayPath(session, { execution, at: undefined }), false);
}

/** Notes in the address where a replay stands; the way back stays as it is. */
export function noteReplay(session: string, place: ReplayPlace): void {
  go(replayPath(session, place), true);
}

/** Shows a session; `replace` leaves no way back to the page before. */
export function navigate(id: string, replace = false): void {
  go(sessionPath(id), replace);
}

function go(path: string, replace: boolean): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  for (const listener of [...listeners]) listener();
}

/** Which statistics are shown. In the address: `/statistics?window=&session=&tool=`. */
export interface StatisticsPlace {
  readonly window: 'hour' | 'day' | 'week';
  readonly session: string | undefined;
  readonly tool: string | undefined;
}

export const statisticsPath = '/statistics';
export const serverPath = '/statistics/server';
const serverRanges = ['15m', '1h', '6h', '24h'] as const;
export type ShownRange = (typeof serverRanges)[number];
const rangeShown = (path: string) => () => {
  if (location.pathname.replace(/\/$/, '') !== path) return undefined;
  const range = new URLSearchParams(location.search).get('range');
  return serverRanges.find((known) => known === range) ?? '15m';
};
const showRange = (path: string, range: ShownRange) =>
  go(range === '15m' ? path : `${path}?range=${range}`, location.pathname === path);
const serverShown = rangeShown(serverPath);

/** How far back the server's figures are shown, as the address says; `undefined` where it names something else. */
export function useServerRange(): ShownRange | undefined {
  return useSyncExternalStore(subscribe, serverShown);
}

/** Shows the server's figures: from elsewhere with a way back, within them without. */
export function showServer(range: ShownRange): void {
  showRange(serverPath, range);
}

/** The address of what processes take. */
export const processBoardPath = '/statistics/processes';
const processBoardShown = rangeShown(processBoardPath);

/** How far back it is shown what processes took; `undefined` where the address names something else. */
export function useProcessBoardRange(): ShownRange | undefined {
  return useSyncExternalStore(subscribe, processBoardShown);
}

/** Shows what processes take: from elsewhere with a way back, within it without. */
export function showProcessBoard(range: ShownRange): void {
  showRange(processBoardPath, range);
}

/** The statistics that the address names; `undefined` where it names something else. */
export function useStatisticsPlace(): StatisticsPlace | undefined {
  const search = useSyncExternalStore(subscribe, () =>
    location.pathname.replace(/\/$/, '') === statisticsPath ? location.search : undefined,
  );
  return useMemo(() => (search === undefined ? undefined : placeOf(new URLSearchParams(search))), [search]);
}

function placeOf(query: URLSearchParams): StatisticsPlace {
  const window = query.get('window');
  return {
    window: window === 'day' || window === 'week' ? window : 'hour',
    session: query.get('session') ?? undefined,
    tool: query.get('tool') ?? undefined,
  };
}

/** Shows statistics: from elsewhere with a way back, within them without. */
export function showStatistics({ window, session, tool }: StatisticsPlace): void {
  const query = new URLSearchParams();
  if (window !== 'hour') query.set('window', window);
  if (session !== undefined) query.set('session', session);
  if (tool !== undefined) query.set('tool', tool);
  const search = query.size === 0 ? '' : `?${query}`;
  history[location.pathname === statisticsPath ? 'replaceState' : 'pushState'](null, '', `${statisticsPath}${search}`);
  for (const listener of [...listeners]) listener();
}
