import type { OutputTail } from '@toolruntime/client';
import { foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { textOf } from '../src/tools/ansi.ts';
import { appended, missingAfter, shownText } from '../src/tools/appended.ts';
import { TerminalModel } from '../src/tools/terminal/model.ts';

const at = '2026-01-01T00:00:00Z';

function started(): View {
  const tool = { executionId: 'x', callId: 'c', index: 0, name: 't', arguments: {} };
  const empty: View = { parameters: {}, members: [], messages: [], batches: {}, executions: {} };
  return foldEvents(empty, [{ seq: 1, at, type: 'batch.started', batchId: 'b', total: 1, tools: [tool] }]);
}

/** The tails that a view goes through for these chunks. */
function tails(chunks: readonly string[]): OutputTail[] {
  let view = started();
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

describe('output that is not all kept', () => {
  const output = (offset: number, more: { text?: string; dropped?: number }): SessionEvent => ({
    seq: 3,
    at,
    type: 'tool.output',
    executionId: 'x',
    stream: 'stdout',
    offset,
    ...more,
  });
  const plainText = (text: string) => text.replaceAll('\u001b[0;2m', '').replaceAll('\u001b[0m', '');

  function grow(...events: SessionEvent[]): { tails: OutputTail[]; added: (string | undefined)[] } {
    let view = started();
    const all = events.map((event) => {
      view = foldEvents(view, [event]);
      return view.executions.x?.output.stdout ?? { text: '', offset: 0 };
    });
    return { tails: all, added: all.map((tail, i) => appended(all[i - 1], tail)) };
  }

  it('adds nothing while bytes are only counted, then a line in their place', () => {
    const { tails: all, added } = grow(
      output(0, { text: 'one\ntwo' }),
      output(7, { dropped: 1_000_000 }),
      output(1_000_007, { dropped: 2_000_000 }),
      output(3_000_007, { text: 'three\n' }),
      output(3_000_013, { text: 'four\n' }),
      output(3_000_018, { dropped: 5_000 }),
    );
    expect(added.slice(1, 3)).toEqual(['', '']);
    expect(plainText(added[3] ?? '')).toBe('\n[2.9 MB not kept]\nthree\n');
    expect(added.slice(4)).toEqual(['four\n', '']);
    expect(plainText(shownText(all.at(-1)))).toBe('one\ntwo\n[2.9 MB not kept]\nthree\nfour\n');
    expect(all.map(missingAfter)).toEqual([0, 1_000_000, 3_000_000, 0, 0, 5_000]);
  });

  it('is shown alike at once and bit by bit, in a card', async () => {
    const { tails: all } = grow(
      output(0, { text: 'a\n' }),
      output(2, { text: 'b\n', dropped: 10 }),
      output(14, { text: 'c' }),
      output(15, { dropped: 3 }),
      output(18, { text: 'd\ne\n' }),
    );
    const expected = ['a', 'b', '[10 B not kept]', 'c', '[3 B not kept]', 'd', 'e'];
    expect(await shown(all)).toEqual(expected);
    expect(await shown(all.slice(-1))).toEqual(expected);
  });

  it('is drawn anew rather than joined where it does not fit', () => {
    expect(appended({ text: 'one\n', offset: 0 }, { text: 'two\nthree\n', offset: 0 })).toBeUndefined();
    const gaps = [{ at: 2, bytes: 50 }];
    expect(appended({ text: 'a\n', offset: 0 }, { text: 'b\nc\n', offset: 0, dropped: 50, gaps })).toBeUndefined();
  });
});

/** The lines that a terminal shows of these tails, one after the other. */
function shown(all: readonly OutputTail[]): Promise<string[]> {
  const model = new TerminalModel(1_000);
  return new Promise((resolve) => {
    model.subscribe(() => {
      if (model.settled) resolve(model.getSnapshot().blocks.flatMap((block) => block.lines.map(textOf)));
    });
    for (const tail of all) model.update(1, tail);
  });
}
