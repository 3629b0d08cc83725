import { describe, expect, it } from 'vitest';
import {
  decodeEvent,
  decodeView,
  emptyView,
  foldEvents,
  foldView,
  type SessionEvent,
  type View,
} from '../src/index.ts';
import { type FoldCase, fixtures } from './fixtures.ts';

const at = '2026-01-02T03:04:05Z';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

function withBatch(tools: number, batchId = 'b1'): View {
  return foldView(emptyView, {
    seq: 1,
    at,
    type: 'batch.started',
    batchId,
    total: tools,
    tools: Array.from({ length: tools }, (_, index) => ({
      executionId: `${batchId}-${index}`,
      callId: `c${index}`,
      index,
      name: 'shell',
      arguments: {},
    })),
  });
}

describe.each(fixtures<FoldCase>('fold'))('fold/%s', (_, fixture) => {
  const before = fixture.before === undefined ? emptyView : decodeView(fixture.before);
  const events = fixture.events.map(decodeEvent);

  it('all at once gives the view', () => {
    expect(foldEvents(deepFreeze(before), events)).toEqual(fixture.view);
  });

  it('one by one gives the view and changes nothing that was there', () => {
    expect(events.reduce((view, event) => deepFreeze(foldView(view, event)), deepFreeze(before))).toEqual(fixture.view);
  });

  it('a view survives its encoding', () => {
    expect(decodeView(JSON.parse(JSON.stringify(fixture.view)))).toEqual(fixture.view);
  });
});

describe('foldView', () => {
  it('returns the very view for an event that it does not know', () => {
    const view = withBatch(1);
    expect(foldView(view, { seq: 2, at, type: 'unknown', wireType: 'x.y' })).toBe(view);
    expect(foldView(view, { seq: 2, at, type: 'tool.waiting', executionId: 'b1-0', elapsedMs: 1 })).toBe(view);
  });

  it('shares what an event does not touch', () => {
    const view = withBatch(2);
    const next = foldView(view, {
      seq: 2,
      at,
      type: 'tool.output',
      executionId: 'b1-0',
      stream: 'stdout',
      offset: 0,
      text: 'x',
    });
    expect(next.executions['b1-0']).not.toBe(view.executions['b1-0']);
    expect(next.executions['b1-1']).toBe(view.executions['b1-1']);
    expect(next.batches).toBe(view.batches);
    expect(next.messages).toBe(view.messages);
  });

  it('keeps the newest 200 messages with their batches, the newest 50 batches of none, and whatever is open', () => {
    const events: SessionEvent[] = [];
    const counts = { successful: 1, failed: 0, timedOut: 0, cancelled: 0, total: 1, elapsedMs: 1 };
    const ends = { type: 'batch.completed', ...counts } as const;
    for (let i = 0; i < 210; i++) {
      events.push({ seq: i, at, type: 'conversation.state', messageId: `m${i}`, to: 'queued' });
      const tool = { executionId: `x${i}`, callId: 'c', index: 0, name: 'shell', arguments: {} };
      events.push({ seq: i, at, type: 'batch.started', messageId: `m${i}`, batchId: `b${i}`, total: 1, tools: [tool] });
      if (i === 0) continue;
      events.push({ seq: i, at, messageId: `m${i}`, batchId: `b${i}`, ...ends });
      events.push({ seq: i, at, type: 'conversation.state', messageId: `m${i}`, from: 'active', to: 'completed' });
    }
    for (let i = 10; i < 70; i++) {
      events.push({ seq: i, at, type: 'batch.started', batchId: `f${i}`, total: 0, tools: [] });
      if (i > 10) events.push({ seq: i, at, batchId: `f${i}`, ...ends });
    }
    const view = foldEvents(emptyView, events);
    expect(view.messages.map((m) => m.id)).toEqual(['m0', ...Array.from({ length: 199 }, (_, i) => `m${i + 11}`)]);
    expect(Object.keys(view.batches)).toHaveLength(250);
    expect(view.batches.b0).toBeDefined();
    expect(view.batches.b10).toBeUndefined();
    expect(view.executions.x10).toBeUndefined();
    expect(view.executions.x11).toBeDefined();
    expect(view.batches.f10).toBeDefined();
    expect(view.batches.f20).toBeUndefined();
    expect(view.batches.f21).toBeDefined();
  });

  it('cuts a tail again and again without losing its place', () => {
    let view = withBatch(1);
    let offset = 0;
    let all = '';
    for (let i = 0; i < 60; i++) {
      const text = `${i} äöü 😀 `.repeat(200);
      view = foldView(view, { seq: i, at, type: 'tool.output', executionId: 'b1-0', stream: 'stdout', offset, text });
      offset += new TextEncoder().encode(text).length;
      all += text;
    }
    const tail = view.executions['b1-0']?.output.stdout;
    const bytes = new TextEncoder().encode(tail?.text).length;
    expect(all.endsWith(tail?.text ?? 'missing')).toBe(true);
    expect(bytes).toBeLessThanOrEqual(65_536);
    expect(bytes).toBeGreaterThan(65_536 - 4);
    expect(tail?.offset).toBe(offset - bytes);
  });

  it('folds 2,000 outputs of a batch of 200 at once as one by one', () => {
    const view = withBatch(200);
    const events = Array.from({ length: 2_000 }, (_, i): SessionEvent => {
      const executionId = `b1-${i % 200}`;
      return {
        seq: i + 2,
        at,
        type: 'tool.output',
        executionId,
        stream: 'stdout',
        offset: 10 * Math.floor(i / 200),
        text: 'some text\n',
      };
    });

    const folded = foldEvents(view, events);

    expect(folded).toEqual(events.reduce(foldView, view));
    expect(folded.executions['b1-7']?.output.stdout?.text).toBe('some text\n'.repeat(10));
  });
});
