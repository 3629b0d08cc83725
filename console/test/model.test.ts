import type { OutputTail } from '@toolruntime/client';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { textOf } from '../src/tools/ansi.ts';
import { columns, rows, TerminalModel } from '../src/tools/terminal/model.ts';

/** What a terminal shows of these tails, once all is parsed. */
async function shown(model: TerminalModel, ...texts: string[]): Promise<string[]> {
  let all = '';
  for (const text of texts) {
    all += text;
    await settled(model, 1, { text: all, offset: 0 });
  }
  return model.getSnapshot().blocks.flatMap((block) => block.lines.map(textOf));
}

function settled(model: TerminalModel, attempt: number, tail: OutputTail): Promise<void> {
  return new Promise((resolve) => {
    const stop = model.subscribe(() => {
      if (!model.settled) return;
      stop();
      resolve();
    });
    model.update(attempt, tail);
  });
}

const show = (...texts: string[]) => shown(new TerminalModel(10_000), ...texts);

describe('a terminal', () => {
  it.each([
    ['plain', ['plain']],
    ['10 %\r20 %\r100 %', ['100 %']],
    ['abcdef\rxy\x1b[K', ['xy']],
    ['abc\x1b[2K\rnew', ['new']],
    ['ab\b\bX', ['Xb']],
    ['one\ntwo\nthree\x1b[2A\rONE', ['ONE', 'two', 'three']],
    ['a: 0 %\nb: 0 %\n\x1b[2Aa: 9 %\nb: 8 %\n', ['a: 9 %', 'b: 8 %']],
    ['gone\x1b[2J\x1b[Hx', ['x']],
    ['\x1b[3;5Hthere', ['', '', '    there']],
    ['kept\n\x1b[?1049h\x1b[Hfull screen\x1b[?1049lafter', ['kept', 'after']],
    ['kept\n\x1b[?1049h\x1b[Hfull screen', ['full screen']],
    ['漢字|\r\x1b[2Cx', ['漢x |']],
    ['\x1b]0;title\x07shown', ['shown']],
    ['\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\', ['link']],
    ['bell\x07 nul\x00', ['bell nul']],
    ['lines\n\x1b[3J\x1b[2J\x1b[Hcleared', ['cleared']],
    ['before\x1bcafter', ['after']],
  ])('shows %j as %j', async (raw, expected) => {
    expect((await show(raw)).map((line) => line.trimEnd())).toEqual(expected);
  });

  it('knows colours and attributes', async () => {
    const model = new TerminalModel(100);
    await shown(
      model,
      '\x1b[1;31mred\x1b[22m thin\x1b[0m none \x1b[38;5;208;48;2;1;2;255mx\x1b[0m\x1b[96;4;9my\n\x1b[7minverse\x1b[m 漢',
    );
    expect(model.getSnapshot().blocks[0]?.lines).toEqual([
      [
        { text: 'red', style: { bold: true, fg: 1 } },
        { text: ' thin', style: { fg: 1 } },
        { text: ' none ', style: {} },
        { text: 'x', style: { fg: 208, bg: '#0102ff' } },
        { text: 'y', style: { fg: 14, underline: true, strike: true } },
      ],
      [
        { text: 'inverse', style: { fg: 14, underline: true, strike: true, inverse: true } },
        { text: ' ', style: {} },
        { text: '漢', style: {}, wide: true },
      ],
    ]);
  });

  it('shows a line that takes several rows as one', async () => {
    const long = 'x'.repeat(3 * columns + 7);
    expect(await show(`${long}\n`, 'short\n')).toEqual([long, 'short']);
    const many = Array.from({ length: 100 }, (_, i) => `${i} ${long}`);
    expect(await show(`${many.join('\n')}\n`)).toEqual(many);
  });

  // What xterm itself has after all of it, in one go and with room for all lines.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('shows what xterm shows, however the text comes (%i)', async (seed) => {
    const random = randomOf(seed);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    const things = [
      () => `${'word '.repeat(random() * 12)}\n`,
      () => `${'y'.repeat(random() * 400)}\n`,
      () => `\x1b[${Math.floor(random() * 9)}A`,
      () => `\x1b[${Math.floor(random() * 9)}B\r`,
      () => `\x1b[${pick(['K', '1K', '2K', 'J', '1J', '2J'])}`,
      () => pick(['\r', '\b\b', '\t', '漢字', '😀', 'é', '\x1b[31m', '\x1b[0m', '\x1bM', '\n\n']),
      () => `\x1b[${1 + Math.floor(random() * rows)};${1 + Math.floor(random() * 80)}H`,
      () =>
        pick([
          '\x1b[L',
          '\x1b[2M',
          '\x1b[P',
          '\x1b[5;20r',
          '\x1b[r',
          '\x1b[3S',
          '\x1b[2T',
          '\x1b[?1049h',
          '\x1b[?1049l',
        ]),
      () => `${Array.from({ length: random() * 60 }, (_, i) => `line ${i}`).join('\n')}\n`,
    ];
    const parts = Array.from({ length: 400 }, () => pick([...things, ...things.slice(0, 2)])());
    const whole = `${parts.join('')}\x1b[?1049l`;
    const model = new TerminalModel(1_000_000);
    const texts: string[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = 1 + Math.floor(random() ** 3 * 3_000);
      texts.push(whole.slice(at, at + size));
      at += size;
    }
    expect((await shown(model, ...texts)).map((line) => line.trimEnd())).toEqual(await reference(whole));
  });

  it('keeps only the newest lines, in blocks that stay the same objects', async () => {
    const model = new TerminalModel(200);
    await shown(model, Array.from({ length: 5_000 }, (_, i) => `${i}\n`).join(''));
    const before = model.getSnapshot();
    expect(before.lines).toBeLessThanOrEqual(200 + 50 + 50 + rows);
    expect(before.blocks.at(-1)?.lines.map(textOf).at(-1)).toBe('4999');
    const all = Array.from({ length: 5_001 }, (_, i) => `${i}\n`).join('');
    await settled(model, 1, { text: all, offset: 0 });
    const after = model.getSnapshot();
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(new Set(after.blocks.map((block) => block.id)).size).toBe(after.blocks.length);
    expect(model.text().endsWith('4999\n5000\n')).toBe(true);
  });

  it('begins anew with an attempt, and where a tail does not go on', async () => {
    const model = new TerminalModel(100);
    await settled(model, 1, { text: '\x1b[31mold\n', offset: 0 });
    await settled(model, 2, { text: 'new\n', offset: 0 });
    expect(model.text()).toBe('new\n');
    await settled(model, 2, { text: 'far on\n', offset: 90_000 });
    expect(model.text()).toBe('far on\n');
  });
});

function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function reference(text: string): Promise<string[]> {
  const terminal = new Terminal({
    cols: columns,
    rows,
    scrollback: 1_000_000,
    convertEol: true,
    allowProposedApi: true,
  });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const lines: string[] = [];
  const { active } = terminal.buffer;
  for (let y = 0; y < active.length; y++) {
    const row = active.getLine(y);
    const content = row?.translateToString(true) ?? '';
    if (row?.isWrapped) lines.push((lines.pop() ?? '') + content);
    else lines.push(content);
  }
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.trimEnd());
}
