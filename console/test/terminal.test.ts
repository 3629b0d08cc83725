import type { OutputTail } from '@toolruntime/client';
import { foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { plain, renderLine, type Segment } from '../src/tools/ansi.ts';
import { appended, missingAfter, shownText } from '../src/tools/appended.ts';
import { type LineBlock, LineBuffer } from '../src/tools/lineBuffer.ts';

const text = (segments: readonly Segment[]) => segments.map((s) => s.text).join('');
const lines = (blocks: readonly LineBlock[]) => blocks.flatMap((b) => b.lines.map(text));
const styled = (raw: string) => renderLine(raw, plain).segments;

describe('renderLine', () => {
  it.each([
    ['plain', 'plain'],
    ['10 %\r20 %\r100 %', '100 %'],
    ['abcdef\rxy', 'xycdef'],
    ['abcdef\rxy\x1b[K', 'xy'],
    ['abc\x1b[2K\rnew', 'new'],
    ['ab\b\bX', 'Xb'],
    ['a\tb', 'a\tb'],
    ['\x1b]0;title\x07shown', 'shown'],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1b[2J\x1b[Hx\x1b(B', 'x'],
    ['cut \x1b[3', 'cut '],
    ['bell\x07 nul\x00', 'bell nul'],
    ['😀\r€', '€'],
  ])('%j reads %j', (raw, expected) => {
    expect(text(styled(raw)).trimEnd()).toBe(expected.trimEnd());
  });

  it('knows colours and attributes', () => {
    expect(styled('\x1b[1;31mred\x1b[22m thin\x1b[0m none')).toEqual([
      { text: 'red', style: { bold: true, fg: 1 } },
      { text: ' thin', style: { fg: 1 } },
      { text: ' none', style: {} },
    ]);
    expect(styled('\x1b[38;5;208;48;2;1;2;255mx')[0]?.style).toEqual({ fg: 208, bg: '#0102ff' });
    expect(styled('\x1b[96;104mx\x1b[39;49m')[0]?.style).toEqual({ fg: 14, bg: 12 });
    expect(styled('\x1b[mx')[0]?.style).toEqual({});
  });

  it('carries the style to the next line', () => {
    expect(renderLine('\x1b[32mgreen', plain).end).toEqual({ fg: 2 });
    expect(renderLine('still', { fg: 2 }).segments).toEqual([{ text: 'still', style: { fg: 2 } }]);
  });
});

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

  it('is shown alike at once and bit by bit, in a card', () => {
    const { tails: all } = grow(
      output(0, { text: 'a\n' }),
      output(2, { text: 'b\n', dropped: 10 }),
      output(14, { text: 'c' }),
      output(15, { dropped: 3 }),
      output(18, { text: 'd\ne\n' }),
    );
    const live = new LineBuffer();
    const late = new LineBuffer();
    for (const tail of all) live.update(1, tail);
    const last = all.at(-1) ?? { text: '', offset: 0 };
    expect(lines(live.update(1, last))).toEqual(['a', 'b', '[10 B not kept]', 'c', '[3 B not kept]', 'd', 'e']);
    expect(lines(late.update(1, last))).toEqual(lines(live.update(1, last)));
  });

  it('is drawn anew rather than joined where it does not fit', () => {
    expect(appended({ text: 'one\n', offset: 0 }, { text: 'two\nthree\n', offset: 0 })).toBeUndefined();
    const gaps = [{ at: 2, bytes: 50 }];
    expect(appended({ text: 'a\n', offset: 0 }, { text: 'b\nc\n', offset: 0, dropped: 50, gaps })).toBeUndefined();
  });
});

describe('LineBuffer', () => {
  it('shows the same lines however the text is cut into chunks', () => {
    const whole = '\x1b[31mone\r\ntwo\n\nthree\x1b[0m\nfo\rfour\nlast';
    const expected = ['one', 'two', '', 'three', 'four', 'last'];
    for (let size = 1; size < whole.length; size++) {
      const buffer = new LineBuffer();
      const chunks = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const shown =
        tails(chunks)
          .map((tail) => buffer.update(1, tail))
          .at(-1) ?? [];
      expect(lines(shown), `chunks of ${size}`).toEqual(expected);
    }
  });

  it('leaves blocks alone that are complete', () => {
    const buffer = new LineBuffer();
    const chunks = Array.from({ length: 130 }, (_, i) => `${i}\n`);
    const seen = tails(chunks).map((tail) => buffer.update(1, tail));
    const last = seen.at(-1) ?? [];
    expect(last.map((b) => b.lines.length)).toEqual([50, 50, 30]);
    expect(last[0]).toBe(seen[60]?.[0]);
    expect(new Set(last.map((b) => b.id)).size).toBe(3);
  });

  it('keeps only the newest lines', () => {
    const buffer = new LineBuffer();
    const [tail] = tails([Array.from({ length: 5_000 }, (_, i) => `${i}\n`).join('')]);
    const shown = lines(buffer.update(1, tail));
    expect(shown.length).toBeLessThanOrEqual(1_250);
    expect(shown.at(-1)).toBe('4999');
  });

  it('begins anew with an attempt', () => {
    const buffer = new LineBuffer();
    buffer.update(1, { text: 'old\n', offset: 0 });
    expect(lines(buffer.update(2, { text: 'new\n', offset: 0 }))).toEqual(['new']);
    expect(lines(buffer.update(2, undefined))).toEqual([]);
  });

  it('gives the same array for the same tail', () => {
    const buffer = new LineBuffer();
    const tail = { text: 'a\nb', offset: 0 };
    expect(buffer.update(1, tail)).toBe(buffer.update(1, tail));
  });
});
