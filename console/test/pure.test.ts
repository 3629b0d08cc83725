import type { SessionEvent, ViewBatch, ViewMessage } from '@toolruntime/client';
import { emptyView, foldEvents } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { feedOf } from '../src/chat/feed.ts';
import { describeArguments, showValue } from '../src/tools/describe.ts';
import { TimelineRecorder } from '../src/tools/timeline.ts';
import { bytes, count, countdown, duration } from '../src/ui/format.ts';

describe('format', () => {
  it.each([
    [0, '< 0.1 s'],
    [450, '0.4 s'],
    [999, '0.9 s'],
    [1_040, '1.0 s'],
    [9_999, '9.9 s'],
    [10_000, '10 s'],
    [61_000, '1:01'],
    [3_723_000, '1:02:03'],
    [-5, '< 0.1 s'],
  ])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it('counts down in whole seconds', () =>
    expect([0, 1, 9_500, 59_001, 3_600_000].map(countdown)).toEqual(['0 s', '1 s', '10 s', '1:00', '1:00:00']));
  it('counts bytes', () =>
    expect([bytes(5), bytes(1_536), bytes(65_536), bytes(5e6)]).toEqual(['5 B', '1.5 KB', '64 KB', '4.8 MB']));
  it('counts things', () => expect([count(1, 'tool'), count(2, 'tool')]).toEqual(['1 tool', '2 tools']));
});

describe('describeArguments', () => {
  it.each([
    [{ command: 'ls -l\n  | wc' }, 'ls -l ⏎ | wc'],
    [{ content: 'x', path: 'a/b' }, 'a/b'],
    [{ n: 1, deep: { a: [1] } }, 'n=1 deep={"a":[1]}'],
    [{}, ''],
    ['text', '"text"'],
  ])('%j', (value, text) => expect(describeArguments(value)).toBe(text));

  it('shows results as they are', () => {
    expect(showValue('a\nb')).toBe('a\nb');
    expect(showValue({ a: 1 })).toBe('{\n  "a": 1\n}');
  });
});

describe('feedOf', () => {
  const message = (id: string, second: number): ViewMessage => ({
    id,
    role: 'user',
    text: id,
    state: 'completed',
    at: `2026-01-01T00:00:0${second}.000Z`,
    batches: [],
  });
  const batch = (second: number, messageId?: string): ViewBatch => ({
    state: 'completed',
    ...(messageId === undefined ? {} : { messageId }),
    total: 0,
    completed: 0,
    failed: 0,
    executing: 0,
    pending: 0,
    startedAt: `2026-01-01T00:00:0${second}.000Z`,
    executions: [],
  });

  it('puts batches of no message where their time falls', () => {
    const feed = feedOf([message('m1', 1), message('m2', 5)], {
      b0: batch(0),
      b3: batch(3),
      of: batch(2, 'm1'),
      b9: batch(9),
    });
    expect(feed.map((item) => item.key)).toEqual(['b:b0', 'm:m1', 'b:b3', 'm:m2', 'b:b9']);
  });
});

describe('TimelineRecorder', () => {
  const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
  const ids = { batchId: 'b', executionId: 'x' };
  const error = { code: 'e', message: '', retryable: true };
  const tools = [{ executionId: 'x', callId: 'c', index: 0, name: 'shell', arguments: {} }];
  const events: SessionEvent[] = [
    { seq: 1, at: at(0), type: 'batch.started', batchId: 'b', total: 1, tools },
    { seq: 2, at: at(1), type: 'tool.started', ...ids, attempt: 1 },
    { seq: 3, at: at(3), type: 'tool.retry', ...ids, attempt: 1, delayMs: 1_000, error },
    { seq: 4, at: at(4), type: 'tool.started', ...ids, attempt: 2 },
    { seq: 5, at: at(6), type: 'tool.completed', ...ids, attempt: 2, elapsedMs: 2_000 },
  ];
  const view = foldEvents(emptyView, events);
  const spans = (recorder: TimelineRecorder) => {
    const from = Date.parse(at(0));
    const rows = recorder.rows(view, view.batches.b as ViewBatch);
    return rows.flatMap((row) =>
      row.spans.map((s) => [s.kind, (s.from - from) / 1_000, s.to && (s.to - from) / 1_000]),
    );
  };

  it('knows every attempt that it saw', () => {
    const recorder = new TimelineRecorder();
    for (const event of events) recorder.record([event]);
    expect(spans(recorder)).toEqual([
      ['waiting', 0, 1],
      ['running', 1, 3],
      ['backoff', 3, 4],
      ['running', 4, 6],
    ]);
  });

  it('takes the rest from the view', () => {
    const recorder = new TimelineRecorder();
    recorder.record(events.slice(3));
    expect(spans(recorder)).toEqual([
      ['backoff', 0, 4],
      ['running', 4, 6],
    ]);
  });
});
