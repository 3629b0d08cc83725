import { decodeEvent, emptyView, foldEvents, type SessionEvent } from '@toolruntime/client';
import { describe, expect, test } from 'vitest';
import { compact } from '../src/replay/compact.ts';
import { Frames } from '../src/replay/frames.ts';
import { lanesOf } from '../src/replay/lanes.ts';
import { LineCutter, readLine } from '../src/replay/lines.ts';
import { ReplayLog } from '../src/replay/log.ts';
import { idleMs, Moments } from '../src/replay/moments.ts';
import { Player } from '../src/replay/player.ts';

const begun = Date.parse('2026-01-31T09:30:00.000Z');
const at = (ms: number) => new Date(begun + ms).toISOString();

/** Numbers as from dice that fall alike each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** A session with a batch of tools that print a lot, in pieces of all kinds, some again in a second attempt. */
function noisy(seed: number, count: number): SessionEvent[] {
  const roll = dice(seed);
  const ids = ['a', 'b', 'c'];
  const tools = ids.map((id, index) => ({ executionId: id, callId: id, index, name: 'shell', arguments: {} }));
  const events: SessionEvent[] = [{ seq: 1, at: at(0), type: 'batch.started', batchId: 'b', total: 3, tools }];
  const attempts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (let seq = 2; seq <= count; seq++) {
    const executionId = ids[roll(3)] as string;
    const base = { seq, at: at(seq * 40), executionId };
    const attempt = attempts.get(executionId) ?? 0;
    if (attempt === 0 || roll(200) === 0) {
      attempts.set(executionId, attempt + 1);
      for (const stream of ['stdout', 'stderr']) ends.delete(`${executionId} ${stream}`);
      events.push({ ...base, type: 'tool.started', attempt: attempt + 1 });
      continue;
    }
    const stream = roll(4) === 0 ? 'stderr' : 'stdout';
    const key = `${executionId} ${stream}`;
    const lost = roll(20) === 0 ? roll(1_000) : 0;
    const offset = (ends.get(key) ?? 0) + lost;
    const kind = roll(10);
    const text = 'line é 漢 😀\n'.repeat(1 + roll(300));
    const bytes = kind === 0 ? 3_000 : new TextEncoder().encode(text).length;
    const dropped = kind === 1 ? 1 + roll(5_000) : 0;
    ends.set(key, offset + bytes + dropped);
    const content = kind === 0 ? { base64: btoa('\xff\xfe\x80'.repeat(1_000)) } : { text };
    events.push({
      ...base,
      type: 'tool.output',
      attempt: roll(50) === 0 ? attempt - 1 : attempt,
      stream,
      offset,
      ...content,
      ...(dropped > 0 ? { dropped } : {}),
    });
  }
  return events;
}

describe('compact', () => {
  test.each([1, 2, 3, 4, 5, 6])('what is left out changes nothing that a view shows (%i)', (seed) => {
    const events = noisy(seed, 600);
    const roll = dice(seed + 100);
    for (let i = 0; i < 10; i++) {
      const [from, to] = [roll(300), 300 + roll(300)];
      const before = foldEvents(emptyView, events.slice(0, from));
      const part = events.slice(from, to);
      expect(foldEvents(before, compact(part))).toEqual(foldEvents(before, part));
    }
    expect(compact(events).length).toBeLessThan(events.length / 2);
  });
});

describe('Frames', () => {
  test('any moment is what folding all events until then gives, in whatever order they are asked for', () => {
    const events = noisy(7, 500);
    const frames = new Frames(events, 16);
    const roll = dice(7);
    for (const count of [500, 0, 1, 499, ...Array.from({ length: 40 }, () => roll(501))])
      expect(frames.at(count)).toEqual(foldEvents(emptyView, events.slice(0, count)));
  });

  test('with more views than are kept, every moment is still right', () => {
    const events = noisy(8, 400);
    const frames = new Frames(events, 2);
    for (let count = 0; count <= 400; count += 2) frames.at(count);
    for (const count of [400, 1, 255, 256, 257, 258, 3, 399])
      expect(frames.at(count)).toEqual(foldEvents(emptyView, events.slice(0, count)));
  });
});

describe('Moments', () => {
  test('a silence is shortened, and time within it runs faster', () => {
    const moments = new Moments([0, 100, 100_100, 100_200], true);
    expect([0, 1, 2, 3].map((i) => moments.of(i))).toEqual([0, 100, 100 + idleMs, 200 + idleMs]);
    expect(moments.clockAt(100 + idleMs / 2)).toBe(50_100);
    expect(moments.playAt(50_100)).toBe(100 + idleMs / 2);
    expect([-1, 0, 99, 100, 2_099, 2_100, 9_999].map((play) => moments.countAt(play))).toEqual([0, 1, 1, 2, 2, 3, 4]);
  });

  test('without skipping, it plays as it was', () => {
    const moments = new Moments([5, 105, 100_105], false);
    expect([moments.length, moments.of(1), moments.clockAt(50_000)]).toEqual([100_100, 100, 50_005]);
  });
});

/** A log of events at these times. */
function logOf(times: readonly number[], types: readonly string[] = []): ReplayLog {
  const log = new ReplayLog(undefined);
  times.forEach((time, i) => {
    const type = types[i] ?? 'tool.waiting';
    const line = { seq: 10 + i, at: at(time), type, executionId: 'x', elapsedMs: 1, attempt: 1 };
    log.add(readLine(JSON.stringify(line)));
  });
  log.add({ kind: 'end' });
  return log;
}

/** A player whose frames come when the test says so. */
function playerOf(log: ReplayLog) {
  let waiting: ((now: number) => void) | undefined;
  const player = new Player(log, (tick) => {
    waiting = tick;
  });
  player.grown();
  const frame = (now: number) => {
    const tick = waiting;
    waiting = undefined;
    tick?.(now);
    return waiting !== undefined;
  };
  return { player, frame };
}

describe('Player', () => {
  test('plays at its speed and stops at the end, from where it begins anew', () => {
    const { player, frame } = playerOf(logOf([0, 1_000, 2_000, 3_000]));
    player.setSpeed(4);
    player.toggle();
    expect([frame(5_000), player.getState().play]).toEqual([true, 0]);
    expect([frame(5_300), player.getState().play, player.getState().count]).toEqual([true, 1_200, 2]);
    expect([frame(9_000), player.getState().play, player.getState().playing]).toEqual([false, 3_000, false]);
    player.toggle();
    expect([player.getState().play, player.getState().count]).toEqual([0, 1]);
  });

  test('waits at the end of what has come so far', () => {
    const log = logOf([0, 1_000]);
    log.whole = false;
    const { player, frame } = playerOf(log);
    player.toggle();
    frame(0);
    expect([frame(9_000), player.getState().playing, player.getState().play]).toEqual([true, true, 1_000]);
  });

  test('steps event by event and from mark to mark', () => {
    const { player } = playerOf(logOf([0, 1, 2, 3, 4], ['tool.started', '', '', 'tool.started', '']));
    const steps = [() => player.step(1), () => player.toMark(1), () => player.step(-1), () => player.toMark(-1)];
    const reached = steps.map((step) => {
      step();
      return player.getState().count;
    });
    expect(reached).toEqual([2, 4, 3, 1]);
    player.toMark(1);
    player.toMark(1);
    expect(player.getState().count).toBe(5);
  });

  test('keeps the event when idle time is skipped or not', () => {
    const { player } = playerOf(logOf([0, 60_000, 120_000]));
    player.goTo(2);
    expect(player.getState().play).toBe(idleMs);
    player.setSkipIdle(false);
    expect([player.getState().count, player.getState().play, player.getState().length]).toEqual([2, 60_000, 120_000]);
  });
});

describe('ReplayLog', () => {
  test('finds a seq, notes gaps, and never lets time run back', () => {
    const log = logOf([0, 500, 400]);
    expect(log.times).toEqual([begun, begun + 500, begun + 500]);
    expect([9, 10, 11, 99].map((seq) => log.countTo(seq))).toEqual([0, 1, 2, 3]);
    log.add(readLine('{"missing":{"from":3,"to":9}}'));
    expect(log.gaps).toEqual([{ gap: { from: 3, to: 9 }, before: 3 }]);
  });

  test('a tool alone is shown without the message that called it', () => {
    const log = new ReplayLog('a');
    const [batch] = noisy(1, 1);
    log.add({ kind: 'event', event: { ...batch, messageId: 'm' } as SessionEvent });
    expect(foldEvents(emptyView, log.events).executions.a?.state).toBe('pending');
  });
});

test('lines are cut wherever the parts end', () => {
  const cutter = new LineCutter();
  expect(['{"a"', ':1}\n{"b":2}\n\n{', '}\n'].map((part) => cutter.add(part))).toEqual([
    [],
    ['{"a":1}', '{"b":2}'],
    ['{}'],
  ]);
  expect(() => readLine('{"seq":1}')).toThrow();
});

test('output is read as the SDK reads it', () => {
  const line = { seq: 1, at: at(0), type: 'tool.output', executionId: 'x', attempt: 1, stream: 'stdout', offset: 0 };
  for (const fields of [{}, { text: 'a' }, { base64: '/w==' }, { dropped: 5 }, { stream: 'other' }, { text: 1 }]) {
    const json = { ...line, ...fields };
    expect(readLine(JSON.stringify(json))).toEqual({ kind: 'event', event: decodeEvent(json) });
  }
});

test('tools that run side by side have lanes of their own; one that follows has that of one that ended', () => {
  const tools = ['a', 'b', 'c'].map((id, index) => ({ executionId: id, callId: id, index, name: id, arguments: {} }));
  const of = (seq: number, type: string, executionId: string) =>
    ({ seq, at: at(seq), type, executionId, attempt: 1 }) as SessionEvent;
  const events: SessionEvent[] = [
    { seq: 0, at: at(0), type: 'batch.started', batchId: 'b', total: 3, tools },
    of(1, 'tool.started', 'a'),
    of(2, 'tool.started', 'b'),
    of(3, 'tool.completed', 'a'),
    of(4, 'tool.started', 'c'),
    of(5, 'tool.failed', 'b'),
    of(6, 'tool.output', 'c'),
  ];
  const times = events.map((event) => Date.parse(event.at) - begun);
  const lanes = lanesOf(events, times).map((lane) => lane.map(({ name, from, to, tone }) => [name, from, to, tone]));
  expect(lanes).toEqual([
    [
      ['a', 1, 3, 'good'],
      ['c', 4, 6, 'busy'],
    ],
    [['b', 2, 5, 'bad']],
  ]);
  expect(lanesOf(events, times, 'b')).toHaveLength(1);
});
