import { emptyView, foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { expect, test, vi } from 'vitest';
import { compact } from '../src/replay/compact.ts';
import { Frames } from '../src/replay/frames.ts';
import { onNextFrame } from '../src/tools/terminal/frames.ts';
import { TerminalModel } from '../src/tools/terminal/model.ts';

/** Numbers as from dice that fall alike each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** What a program prints that draws on its terminal, in pieces that end anywhere. */
function drawn(seed: number, count: number): SessionEvent[] {
  const roll = dice(seed);
  const kinds = [
    (n: number) => `line ${n} \x1b[3${n % 8}m漢字 é\x1b[0m\n`,
    (n: number) => `\r${'#'.repeat(n % 50)} ${n} %`,
    (n: number) => `\x1b[${1 + (n % 40)};${1 + (n % 150)}Hat ${n}`,
    (n: number) => `\x1b[${n % 3}K\x1b[${n % 4}A`,
    (n: number) => `${'long '.repeat(n % 90)}\n`,
    (n: number) => (n % 5 === 0 ? `\x1b[${2 + (n % 2)}J\x1b[H` : '\t\b\b'),
    (n: number) => (n % 4 === 0 ? `\x1b[?1049${n % 8 === 0 ? 'h' : 'l'}` : `word ${n}`),
  ];
  const tool = { executionId: 'a', callId: 'a', index: 0, name: 'shell', arguments: {} };
  const at = '2026-01-31T09:30:00.000Z';
  const events: SessionEvent[] = [
    { seq: 1, at, type: 'batch.started', batchId: 'b', total: 1, tools: [tool] },
    { seq: 2, at, type: 'tool.started', executionId: 'a', attempt: 1 },
  ];
  let offset = 0;
  let rest = '';
  for (let seq = 3; seq <= count; seq++) {
    for (let i = roll(4); i >= 0; i--) rest += (kinds[roll(kinds.length)] ?? kinds[0])?.(roll(1_000)) ?? '';
    const text = rest.slice(0, 1 + roll(rest.length));
    rest = rest.slice(text.length);
    events.push({ seq, at, type: 'tool.output', executionId: 'a', attempt: 1, stream: 'stdout', offset, text });
    offset += new TextEncoder().encode(text).length;
  }
  return events;
}

/** The lines that a terminal shows, with their looks. */
async function shown(model: TerminalModel, view: View) {
  model.update(1, view.executions.a?.output.stdout);
  await vi.waitFor(() => expect(model.settled).toBe(true), { interval: 1 });
  // What is parsed is shown with the next frame.
  await new Promise<void>(onNextFrame);
  return model.getSnapshot().blocks.flatMap(({ lines }) => lines);
}

test.each([1, 2, 3, 4])('a moment that is opened is the one that playing comes to (%i)', async (seed) => {
  const events = drawn(seed, 400);
  const roll = dice(seed + 50);
  const moments = Array.from({ length: 5 }, () => 3 + roll(398)).sort((a, b) => a - b);
  const frames = new Frames(events, 32);
  const playing = new TerminalModel(1_050);
  let count = 2;
  for (const moment of moments) {
    // From the start, an event or a few at a time.
    for (; count < moment; count += 1 + roll(3)) playing.update(1, frames.at(count).executions.a?.output.stdout);
    const played = await shown(playing, frames.at(moment));
    const opened = foldEvents(emptyView, compact(events.slice(0, moment)));
    expect(opened).toEqual(foldEvents(emptyView, events.slice(0, moment)));
    expect(await shown(new TerminalModel(1_050), opened)).toEqual(played);
  }
});
