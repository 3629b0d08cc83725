import type { OutputTail } from '@toolruntime/client';
import { foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { appended } from '../src/tools/appended.ts';

/** The tails that a view goes through for these chunks. */
function tails(chunks: readonly string[]): OutputTail[] {
  const at = '2026-01-01T00:00:00Z';
  const tool = { executionId: 'x', callId: 'c', index: 0, name: 't', arguments: {} };
  const empty: View = { parameters: {}, members: [], messages: [], batches: {}, executions: {} };
  let view = foldEvents(empty, [{ seq: 1, at, type: 'batch.started', batchId: 'b', total: 1, tools: [tool] }]);
  let offset = 0;
  return chunks.map((chunk) => {
    const event: SessionEvent = {
      seq: 2,
      at,
      type: 'tool.output',
      executionId: 'x',
      stream: 'stdout',
      offset,
      text: chunk,
    };
    offset += new TextEncoder().encode(chunk).length;
    view = foldEvents(view, [event]);
    return view.executions.x?.output.stdout ?? { text: '', offset: 0 };
  });
}

describe('appended', () => {
  it('gives just what came, also once the beginning is cut off', () => {
    const chunks = Array.from({ length: 400 }, (_, i) => `${i}: äöü 😀 ${'x'.repeat(i % 300)}\n`);
    let previous: OutputTail | undefined;
    let all = '';
    for (const tail of tails(chunks)) {
      all += previous === undefined ? tail.text : appended(previous, tail);
      previous = tail;
    }
    expect(all).toBe(chunks.join(''));
  });

  it('says so where it does not continue', () => {
    expect(appended(undefined, { text: 'a', offset: 0 })).toBeUndefined();
    expect(appended({ text: 'long', offset: 0 }, { text: 'b', offset: 0 })).toBeUndefined();
    expect(appended({ text: 'a', offset: 0 }, { text: 'b', offset: 90_000 })).toBeUndefined();
  });
});
