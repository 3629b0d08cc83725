import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { byDays, matching } from '../src/sessions/days.ts';
import {
  forget,
  type KnownSession,
  lastSession,
  loadFromServer,
  note,
  takeFollowed,
  touch,
} from '../src/sessions/sessions.ts';

const now = new Date(2026, 5, 15, 12).getTime();
const day = 86_400_000;

/** The server's list from now on. */
function serve(sessions: readonly object[], next?: string): void {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ sessions, ...(next === undefined ? {} : { next }) })));
}

const stored = () => JSON.parse(localStorage.getItem('toolruntime.sessions') ?? '[]') as KnownSession[];
const at = (ms: number) => new Date(ms).toISOString();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  for (const { id } of stored()) forget(id);
  localStorage.clear();
  window.dispatchEvent(new StorageEvent('storage', { key: null }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the list of sessions', () => {
  it("takes over the server's titles and marks", async () => {
    touch('s1', 'old title');
    serve([
      { session: 's1', updatedAt: at(now), title: 'Release notes', activity: 'waiting' },
      { session: 's2', updatedAt: at(now - day), title: 'Other' },
    ]);
    await loadFromServer();
    expect(stored()).toEqual([
      { id: 's1', title: 'Release notes', at: now, activity: 'waiting' },
      { id: 's2', title: 'Other', at: now - day },
    ]);
  });

  it('takes over what is followed, by how each stands', () => {
    touch('gone');
    vi.setSystemTime(now + day);
    const states = [
      'replying',
      'tools_running',
      'waiting_for_approval',
      'paused',
      'failed',
      'idle',
      'of a newer server',
    ];
    const summary = (state: string, i: number) => {
      const updatedAt = at(now + day - i * 1_000);
      return { session: `followed${i}`, owner: 'me', title: state, updatedAt, lastSeq: i, state };
    };
    takeFollowed({ status: 'live', sessions: states.map(summary) });
    const marks = ['running', 'running', 'waiting', 'paused', 'failed', undefined, undefined];
    expect(stored().map((s) => s.activity)).toEqual(marks);
    expect(stored().map((s) => s.id)).not.toContain('gone');
    touch('older');
    takeFollowed({ status: 'live', sessions: [], next: '1:s' });
    expect(stored()).toHaveLength(states.length + 1);
  });

  it('a title whose message was deleted is gone, from the storage too', async () => {
    touch('s1', 'secret plans');
    serve([{ session: 's1', updatedAt: at(now), title: '' }]);
    await loadFromServer();
    expect(JSON.stringify(localStorage)).not.toContain('secret');
    touch('s1');
    note('s1', 'more secrets', 'running');
    note('s1', '', undefined);
    expect(JSON.stringify(localStorage)).not.toContain('secret');
  });

  it('what was taken off stays off, whatever happens in it, until it is opened', async () => {
    const theirs = [{ session: 's1', updatedAt: at(now), title: 'One' }];
    serve(theirs);
    await loadFromServer();
    forget('s1');
    serve([{ ...theirs[0], updatedAt: at(now + 1_000), activity: 'running' }]);
    await loadFromServer();
    expect(stored()).toEqual([]);
    window.dispatchEvent(new StorageEvent('storage', { key: 'toolruntime.hidden' }));
    await loadFromServer();
    expect(lastSession()).toBeUndefined();
    touch('s1');
    await loadFromServer();
    expect(stored()).toEqual([{ id: 's1', title: 'One', at: now + 1_000, activity: 'running' }]);
  });

  it('what the server does not have any more goes, unless it is new, or holds what was typed', async () => {
    touch('gone', 'deleted elsewhere');
    touch('drafted');
    localStorage.setItem('toolruntime.draft.drafted', '{"text":"half a"}');
    vi.setSystemTime(now + day);
    touch('new');
    serve([], 'there-are-more');
    await loadFromServer();
    expect(stored().map((s) => s.id)).toEqual(['new', 'drafted', 'gone']);
    serve([]);
    await loadFromServer();
    expect(stored().map((s) => s.id)).toEqual(['new', 'drafted']);
  });

  it('is searched by words, and divided into days', () => {
    const sessions = [
      { id: 'a', title: 'Fix the Build', at: now },
      { id: 'b', title: 'build fast', at: now - day },
      { id: 'c', title: 'Notes', at: now - 5 * day },
      { id: 'd', title: 'Notes', at: now - 20 * day },
      { id: 'e', title: 'Notes', at: now - 100 * day },
    ];
    expect(matching(sessions, ' build  FIX ').map((s) => s.id)).toEqual(['a']);
    expect(matching(sessions, '')).toBe(sessions);
    expect(byDays(sessions, now).map((d) => [d.day, d.sessions.map((s) => s.id).join()])).toEqual([
      ['Today', 'a'],
      ['Yesterday', 'b'],
      ['Last 7 days', 'c'],
      ['Last 30 days', 'd'],
      [new Date(now - 100 * day).toLocaleDateString(undefined, { month: 'long', year: 'numeric' }), 'e'],
    ]);
  });
});
