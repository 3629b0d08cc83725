import { loadavg } from 'node:os';
import { expect, test } from '../support/fixtures.ts';
import { Figures } from './figures.ts';

/** What a page's terminal offers to a measurement. */
interface Measured {
  readonly buffer: {
    readonly active: {
      readonly cursorX: number;
      readonly cursorY: number;
      readonly baseY: number;
      getLine(y: number): { translateToString(trim: boolean): string } | undefined;
    };
  };
  onRender(listener: () => void): void;
  input(text: string): void;
}

const samples = Number(process.env.BENCH_SAMPLES ?? 200);

/** Prints the time, some ten times a second. */
const clock = `node -e "setInterval(() => console.log('T' + (performance.timeOrigin + performance.now())), 97)"`;

test('from a byte at the pseudo-terminal to the screen', async ({ tab }) => {
  await tab.send(`/terminal ${clock}`);
  await expect(tab.page.locator('.xterm-rows')).toContainText('T1');
  const latencies = await tab.page.evaluate(
    (count) =>
      new Promise<number[]>((resolve) => {
        const { terminal } = document.querySelector('[data-testid=pty-screen]') as unknown as { terminal: Measured };
        const found: number[] = [];
        let last = '';
        terminal.onRender(() => {
          const now = performance.timeOrigin + performance.now();
          const { active } = terminal.buffer;
          const line = active.getLine(active.baseY + active.cursorY - 1)?.translateToString(true) ?? '';
          if (line === last || !line.startsWith('T')) return;
          last = line;
          if (found.push(now - Number(line.slice(1))) === count) resolve(found);
        });
      }),
    samples,
  );
  console.log(`\nbyte to screen: ${new Figures(latencies)}, load average ${loadavg()[0]?.toFixed(1)}`);
});

test('from a key to its echo on the screen', async ({ tab }) => {
  await tab.send('/terminal cat');
  await expect(tab.by('pty')).toHaveAttribute('data-right', 'mine');
  const latencies = await tab.page.evaluate(async (count) => {
    const { terminal } = document.querySelector('[data-testid=pty-screen]') as unknown as { terminal: Measured };
    const found: number[] = [];
    let shown = () => {};
    terminal.onRender(() => shown());
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60 + (i % 7) * 5));
      const before = terminal.buffer.active.cursorX;
      const began = performance.now();
      await new Promise<void>((resolve) => {
        shown = () => {
          if (terminal.buffer.active.cursorX !== before) resolve();
        };
        terminal.input(i % 40 === 39 ? '\r' : 'x');
      });
      found.push(performance.now() - began);
    }
    return found;
  }, samples);
  console.log(`\nkey to echo: ${new Figures(latencies)}, load average ${loadavg()[0]?.toFixed(1)}`);
});
