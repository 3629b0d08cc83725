import { describe, expect, it } from 'vitest';
import { shorten, valueRoom } from '../src/fold/shorten.ts';
import { decodeView, foldEvents, type JsonValue, type View } from '../src/index.ts';

const at = '2026-01-02T03:04:05Z';

/** A snapshot that has left something out. */
function snapshot(): View {
  return decodeView({
    parameters: {},
    members: [],
    messages: [
      {
        id: 'm1',
        role: 'assistant',
        text: 'end',
        state: 'active',
        round: 2,
        roundOffset: 1_002,
        textOffset: 1_000,
        at,
        batches: [],
      },
    ],
    batches: {
      b1: {
        state: 'executing',
        total: 3,
        completed: 0,
        failed: 0,
        executing: 1,
        pending: 2,
        startedAt: at,
        executions: ['x1'],
        leftOut: 2,
      },
    },
    executions: {
      x1: {
        batchId: 'b1',
        callId: 'c',
        index: 0,
        name: 'shell',
        arguments: {},
        state: 'executing',
        attempt: 1,
        output: {},
        shortened: ['result', 'arguments', 'more'],
      },
    },
    leftOut: { messages: 3, executions: 2 },
  });
}

describe('a snapshot that leaves something out', () => {
  it('says what', () => {
    const view = snapshot();
    expect(view.leftOut).toEqual({ messages: 3, executions: 2 });
    expect(view.executions.x1?.shortened).toEqual(['arguments', 'result']);
    expect(view.batches.b1?.leftOut).toBe(2);
  });

  it("has its batches' figures from the server", () => {
    const ids = { batchId: 'b1', executionId: 'x1' };
    const done = foldEvents(snapshot(), [{ seq: 1, at, type: 'tool.completed', ...ids, attempt: 1 }]);
    expect(done.batches.b1).toMatchObject({ completed: 0, executing: 1, pending: 2 });
    const counts = { completed: 1, failed: 0, executing: 2, pending: 0, total: 3 };
    const told = foldEvents(done, [
      { seq: 2, at, type: 'batch.progress', batchId: 'b1', ...counts, percent: 40, elapsedMs: 5 },
    ]);
    expect(told.batches.b1).toMatchObject({
      completed: 1,
      failed: 0,
      executing: 2,
      pending: 0,
      progress: { percent: 40 },
    });
    const ends = { successful: 1, failed: 1, timedOut: 0, cancelled: 1, total: 3, elapsedMs: 6 };
    const ended = foldEvents(told, [{ seq: 3, at, type: 'batch.completed', batchId: 'b1', ...ends }]);
    expect(ended.batches.b1).toMatchObject({ state: 'completed', completed: 1, failed: 2, executing: 0, pending: 0 });
  });

  it('goes on with a text whose beginning is missing', () => {
    const ids = { messageId: 'm1', round: 2, attempt: 1 };
    const more = foldEvents(snapshot(), [{ seq: 1, at, type: 'message.delta', ...ids, offset: 0, text: 'd and more' }]);
    expect(more.messages[0]).toMatchObject({ text: 'end and more', textOffset: 1_000 });
    const again = foldEvents(more, [{ seq: 2, at, type: 'message.started', ...ids, attempt: 2, model: 'm' }]);
    expect(again.messages[0]).toMatchObject({ text: 'en', textOffset: 1_000, roundOffset: 1_002 });
    const next = foldEvents(again, [{ seq: 3, at, type: 'message.started', ...ids, round: 3, model: 'm' }]);
    expect(next.messages[0]).toMatchObject({ text: 'en', roundOffset: 1_002 });
    const whole = foldEvents(next, [
      { seq: 4, at, type: 'message.completed', messageId: 'm1', text: 'all of it', finishReason: 'stop' },
    ]);
    expect(whole.messages[0]).toMatchObject({ text: 'all of it' });
    expect(whole.messages[0]).not.toHaveProperty('textOffset');
  });

  it('begins a round anew of which only the end is there', () => {
    const view: View = { ...snapshot(), messages: snapshot().messages.map((m) => ({ ...m, roundOffset: 10 })) };
    const again = foldEvents(view, [
      { seq: 1, at, type: 'message.started', messageId: 'm1', round: 2, attempt: 2, model: 'm' },
      { seq: 2, at, type: 'message.delta', messageId: 'm1', round: 2, attempt: 2, offset: 0, text: 'anew' },
    ]);
    expect(again.messages[0]).toMatchObject({ text: 'anew', textOffset: 10, roundOffset: 10 });
  });

  it('leaves nothing out after a reset', () => {
    const view = foldEvents(snapshot(), [{ seq: 1, at, type: 'session.reset' }]);
    expect(view).not.toHaveProperty('leftOut');
  });
});

describe('shorten', () => {
  it.each<JsonValue>([
    'é'.repeat(4_000),
    Array.from({ length: 5_000 }, (_, i) => i),
    { a: { b: { c: ['😀'.repeat(2_000), { d: 'x'.repeat(9_000), e: 1 }] } }, f: true },
    Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`name ${i}`, { value: i }])),
  ])('keeps a value within its room (%#)', (value) => {
    const bytes = new TextEncoder().encode(JSON.stringify(shorten(value))).length;
    expect(bytes).toBeLessThanOrEqual(valueRoom);
    expect(bytes).toBeGreaterThan(1_000);
  });

  it('returns the very value that fits', () => {
    const value = { text: 'x'.repeat(4_000) };
    expect(shorten(value)).toBe(value);
  });
});
