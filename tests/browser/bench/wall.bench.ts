import { loadavg } from 'node:os';
import type { ConsolePage } from '../support/consolePage.ts';
import { expect, test } from '../support/fixtures.ts';
import { Figures } from './figures.ts';

const sessions = 10;
const each = 10;
const shown = 12;
const seconds = Number(process.env.BENCH_SECONDS ?? 15);
/** Milliseconds between two lines of a terminal. */
const everyMs = Number(process.env.BENCH_EVERY_MS ?? 50);

/** Prints lines with their number until it is ended; a process of its own, as in life, which starts no others. */
const printing = `exec 3<> <(:); i=0; while :; do i=$((i+1)); echo "line $i of a terminal that prints and prints and prints"; read -rt ${everyMs / 1_000} -u 3; done`;

async function open(tab: ConsolePage, session: string): Promise<void> {
  const calls = Array.from({ length: each }, () => ({ tool: 'terminal', arguments: { command: printing } }));
  const answer = await tab.post(`/v1/sessions/${session}/commands`, { type: 'tools.run', calls });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test(`${sessions * each} terminals print at once, the page shows ${shown}`, async ({ tab }) => {
  await tab.page.setViewportSize({ width: 1600, height: 900 });
  await tab.page.goto(new URL('/wall?columns=4&following=', tab.page.url()).href);
  for (let i = 0; i < sessions; i++) await open(tab, `printing${i}`);
  await expect(tab.by('wall-tile')).toHaveCount(sessions * each);
  await expect(tab.page.locator('[data-testid=wall-tile][data-followed=true]')).toHaveCount(shown);
  for (const terminal of await tab.by('wall-terminal').all()) await expect(terminal).toContainText('of a terminal');

  const first = tab.by('wall-terminal').first();
  const number = async () => Number(/line (\d+) of(?![\s\S]*line \d+ of)/.exec(await first.innerText())?.[1] ?? 0);
  const before = await number();
  const recorded = await tab.page.evaluate(
    (ms) =>
      new Promise<{ frames: number[]; longTasks: number[] }>((resolve) => {
        const [frames, longTasks]: number[][] = [[], []];
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longTasks?.push(duration);
        }).observe({ type: 'longtask' });
        let last = performance.now();
        const end = last + ms;
        const frame = (now: number) => {
          frames?.push(now - last);
          last = now;
          if (now < end) requestAnimationFrame(frame);
          else resolve({ frames: frames ?? [], longTasks: longTasks ?? [] });
        };
        requestAnimationFrame(frame);
      }),
    seconds * 1_000,
  );
  const after = await number();
  const { frames, longTasks } = recorded;
  const perSecond = (frames.length / frames.reduce((sum, ms) => sum + ms, 0)) * 1_000;
  console.log(
    `\n${sessions * each} terminals, ${shown} shown, a line each ${everyMs} ms: ${perSecond.toFixed(1)} frames/s; frames ${new Figures(frames)}, ` +
      `${new Figures(frames).above(1_000 / 30).toFixed(1)} % above 33 ms; ${longTasks.length} long tasks; ` +
      `${((after - before) / seconds).toFixed(1)} lines/s of the first; load average ${loadavg()[0]?.toFixed(1)}`,
  );
  expect(after).toBeGreaterThan(before);
});
