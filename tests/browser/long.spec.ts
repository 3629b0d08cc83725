import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

// A trace would take longer than what is measured.
test.use({ trace: 'off' });

/** Milliseconds that a task of the page may take. */
const longestTask = 100;
/** Bytes of JavaScript heap. */
const mostHeap = 80 * 1_024 * 1_024;

interface Metrics {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, microseconds: what else runs on the machine does not count. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds of processor time of the page's longest task while something is done. */
async function longestTaskOf(tab: ConsolePage, act: () => Promise<void>): Promise<number> {
  const browser = tab.page.context().browser();
  if (browser === null) throw new Error('no browser');
  await browser.startTracing(tab.page, { categories: ['disabled-by-default-devtools.timeline'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const pages = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => name === 'RunTask' && pages.some((page) => page.pid === pid && page.tid === tid),
  );
  expect(tasks.length).toBeGreaterThan(0);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1_000));
}

/** As it is, what nobody needs any more included. */
async function heapOf(tab: ConsolePage): Promise<number> {
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send('Performance.enable');
  const { metrics } = (await devtools.send('Performance.getMetrics')) as Metrics;
  await devtools.detach();
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}

async function expectLight(tab: ConsolePage, what: string, act: () => Promise<void>): Promise<void> {
  const longest = await longestTaskOf(tab, act);
  const heap = await heapOf(tab);
  console.log(`${what}: longest task ${longest.toFixed(0)} ms, heap ${(heap / 1_048_576).toFixed(0)} MB`);
  expect(longest).toBeLessThan(longestTask);
  expect(heap).toBeLessThan(mostHeap);
}

/** What a thorough model says: a megabyte of paragraphs, lists, tables and code. */
function* megabyte(): Generator<string> {
  let length = 0;
  for (let i = 0; length < 1_000_000; i++) {
    const piece = [
      `## Part ${i}`,
      `Some **words** about part ${i}, with \`code\` and a [link](https://example.com/${i}). ${'More of it follows here. '.repeat(8)}`,
      Array.from({ length: 12 }, (_, n) => `- point ${n} of part ${i}, *short*`).join('\n'),
      `| name | value |\n|---|---|\n${Array.from({ length: 8 }, (_, n) => `| row ${n} | ${i * n} |`).join('\n')}`,
      `\`\`\`js\n${Array.from({ length: 20 }, (_, n) => `const value${n} = ${i} + ${n};`).join('\n')}\n\`\`\``,
      '',
    ].join('\n\n');
    length += piece.length;
    yield piece;
  }
}

test('a message of a megabyte streams without long tasks, in bounded memory, and only what is near is drawn', async ({
  tab,
  model,
}) => {
  let last = '';
  const heaps: number[] = [];
  const heading = (name: string) => tab.reply.getByRole('heading', { name, exact: true });
  await expectLight(tab, 'streaming 1 MB', async () => {
    await tab.sendTo('openai', 'tell me everything');
    const call = await model.asked();
    for (const piece of megabyte()) {
      for (let at = 0; at < piece.length; at += 400) call.says(piece.slice(at, at + 400));
      last = /## (Part \d+)/.exec(piece)?.[1] ?? last;
      // As fast as the page takes it, but not all in one frame.
      await tab.page.evaluate(() => new Promise(requestAnimationFrame));
      heaps.push(await heapOf(tab));
    }
    call.ends();
    await tab.ended(1);
    await expect(heading(last)).toBeVisible();
  });
  console.log(`heap while streaming: at most ${(Math.max(...heaps) / 1_048_576).toFixed(0)} MB`);
  expect(Math.max(...heaps)).toBeLessThan(mostHeap);
  const parts = tab.page.locator('.markdown-part');
  expect(await parts.count()).toBeGreaterThan(150);
  await expect.poll(() => tab.page.locator('.markdown-part[data-shown=true]').count()).toBeLessThan(30);

  // All the way up, and what was written first is there.
  await expectLight(tab, 'scrolling 1 MB', async () => {
    const feed = tab.by('feed');
    await feed.hover();
    for (let i = 0; i < 20; i++) await tab.page.mouse.wheel(0, -2_000);
    await expect(parts.first()).toHaveAttribute('data-shown', 'false');
    await feed.evaluate((element) => {
      element.scrollTop = 0;
    });
    await expect(heading('Part 0')).toBeVisible();
  });

  await expectLight(tab, 'opening 1 MB', async () => {
    await tab.page.reload();
    await tab.live();
    await expect(heading(last)).toBeVisible();
  });
  expect(tab.errors).toEqual([]);
});

test('two hundred messages with three hundred cards are drawn where they are seen', async ({ tab }) => {
  const { session } = tab;
  const address = tab.page.url();
  await tab.page.goto('about:blank');
  for (let i = 1; i <= 100; i++) {
    const text = [1, 2, 3].map((n) => `/shell {"command": "seq 1 ${20 * n}"}`).join('\n');
    const sent = await tab.page.request.post(new URL(`/v1/sessions/${session}/messages`, address).href, {
      headers: { accept: 'text/event-stream' },
      data: { text },
    });
    expect(await sent.text()).toContain('completed');
  }
  const items = tab.by('feed-item');
  await expectLight(tab, '200 messages with 300 cards', async () => {
    await tab.open(address);
    await expect(items).toHaveCount(200);
    await expect(tab.cards.last()).toBeVisible();
    await expect.poll(() => tab.cards.count()).toBeLessThan(80);
    const feed = tab.by('feed');
    await feed.hover();
    for (let i = 0; i < 20; i++) {
      await tab.page.mouse.wheel(0, -1_500);
      await tab.page.evaluate(() => new Promise(requestAnimationFrame));
    }
    expect(await tab.cards.count()).toBeLessThan(120);
    await feed.evaluate((element) => {
      element.scrollTop = 0;
    });
    await expect(items.first().getByTestId('message')).toBeVisible();
    await expect(items.nth(1).getByTestId('tool-output').first()).toContainText('20');
  });
  expect(tab.errors).toEqual([]);
});
