import type { SessionSummary, SessionsSnapshot } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow } from '../src/statistics/follow.ts';

const hour = 3_600_000;

class Feed {
  #snapshot: SessionsSnapshot = { status: 'stale', sessions: [] };
  #listeners = new Set<() => void>();
  held = 0;

  getSnapshot = () => this.#snapshot;

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  acquire = () => {
    this.held++;
    return () => {
      this.held--;
    };
  };

  tell(status: SessionsSnapshot['status'], ...sessions: readonly SessionSummary[]): void {
    this.#snapshot = { status, sessions };
    for (const listener of this.#listeners) listener();
  }
}

const summary = (session: string, lastSeq: number): SessionSummary => ({
  session,
  owner: 'ann',
  title: '',
  updatedAt: '2026-11-28T10:00:00.000Z',
  lastSeq,
  state: 'idle',
});

describe('the statistics that are shown', () => {
  let feed: Feed;
  let looks: number;
  let stop: () => void;
  const begin = (session?: string) => {
    stop = follow(feed, session, () => looks++);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    [feed, looks] = [new Feed(), 0];
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
    expect(feed.held).toBe(0);
  });

  it('are not asked for while nothing changes', () => {
    begin();
    feed.tell('live', summary('s1', 1));
    vi.advanceTimersByTime(20_000);
    looks = 0;
    vi.advanceTimersByTime(hour);
    expect(looks).toBe(0);
  });

  it('are looked at again after what silos had not told yet when they were opened', () => {
    begin();
    expect(looks).toBe(1);
    vi.advanceTimersByTime(hour);
    expect(looks).toBe(3);
  });

  it('are looked at soon after a change, and when silos have told of it', () => {
    begin();
    feed.tell('live', summary('s1', 1));
    vi.advanceTimersByTime(hour);
    looks = 0;
    feed.tell('live', summary('s1', 2));
    vi.advanceTimersByTime(500);
    expect(looks).toBe(1);
    vi.advanceTimersByTime(hour);
    expect(looks).toBe(3);
  });

  it('are looked at each two seconds at most while changes come', () => {
    begin();
    feed.tell('live');
    vi.advanceTimersByTime(hour);
    looks = 0;
    for (let i = 0; i < 100; i++) {
      feed.tell('live', summary('s1', i));
      vi.advanceTimersByTime(100);
    }
    expect(looks).toBeGreaterThanOrEqual(4);
    expect(looks).toBeLessThanOrEqual(6);
  });

  it('of a session are looked at when that one changes', () => {
    const other = summary('s2', 1);
    begin('s1');
    feed.tell('live', summary('s1', 1), other);
    vi.advanceTimersByTime(hour);
    const same = feed.getSnapshot().sessions[0] as SessionSummary;
    looks = 0;
    feed.tell('live', same, summary('s2', 2));
    vi.advanceTimersByTime(hour);
    expect(looks).toBe(0);
    feed.tell('live', summary('s1', 2), other);
    vi.advanceTimersByTime(500);
    expect(looks).toBe(1);
  });

  it('of all are looked at also when what changed may not be read', () => {
    begin();
    feed.tell('live');
    vi.advanceTimersByTime(hour);
    looks = 0;
    feed.tell('live');
    vi.advanceTimersByTime(500);
    expect(looks).toBe(1);
  });

  it('wait until the page is seen', () => {
    begin();
    feed.tell('live');
    vi.advanceTimersByTime(hour);
    looks = 0;
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    feed.tell('live', summary('s1', 1));
    vi.advanceTimersByTime(hour);
    expect(looks).toBe(0);
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
    document.dispatchEvent(new Event('visibilitychange'));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(looks).toBe(1);
  });

  it('are asked for by the clock where a server tells of no changes', () => {
    begin();
    feed.tell('unsupported');
    vi.advanceTimersByTime(20_000);
    looks = 0;
    vi.advanceTimersByTime(20_000);
    expect(looks).toBe(4);
  });
});
