import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const player = resolve(dirname(createRequire(import.meta.url).resolve('asciinema-player')), 'bundle');

/** A page of the gateway's origin with asciinema's own player on it, as it comes from npm. */
async function watch(page: Page, gateway: string, live: string): Promise<void> {
  // A page of the gateway's that has none of ours in it.
  await page.goto(`${gateway}/healthz`);
  await page.addStyleTag({ path: resolve(player, 'asciinema-player.css') });
  await page.addScriptTag({ path: resolve(player, 'asciinema-player.min.js') });
  await page.evaluate(
    (url) => {
      const place = document.createElement('div');
      place.id = 'player';
      document.body.replaceChildren(place);
      const { AsciinemaPlayer } = globalThis as unknown as {
        AsciinemaPlayer: {
          create(
            source: object,
            element: Element | null,
            options: object,
          ): { addEventListener(n: string, f: () => void): void };
        };
      };
      const made = AsciinemaPlayer.create({ driver: 'websocket', url, bufferTime: 0 }, place, {
        autoPlay: true,
      });
      made.addEventListener('ended', () => document.body.setAttribute('data-ended', 'true'));
    },
    new URL(live, gateway).href.replace(/^http/, 'ws'),
  );
}

const screen = (page: Page) => page.locator('#player .ap-term');

async function command(tab: ConsolePage, session: string, body: object): Promise<void> {
  await expect.poll(async () => (await tab.post(`/v1/sessions/${session}/commands`, body)).ok()).toBe(true);
}

test("asciinema's player shows a running terminal from the middle, its sizes and its end, and so it does by a link", async ({
  tab,
  gateway,
  browser,
}) => {
  // Not the one that the page shows: a terminal that is seen there takes the size that it has there.
  const session = 'watched';
  const run = await tab.post(`/v1/sessions/${session}/commands`, {
    type: 'tools.run',
    calls: [
      {
        tool: 'terminal',
        arguments: {
          command: String.raw`printf '\033[32mbefore\033[0m\n'; read a; echo "got $a"; sleep 60`,
          cols: 70,
          rows: 12,
        },
      },
    ],
  });
  const [executionId] = ((await run.json()) as { executionIds: string[] }).executionIds;
  const made = await tab.post(`/v1/sessions/${session}/shares`, { execution: executionId });
  const { token } = (await made.json()) as { token: string };
  await expect
    .poll(async () => (await tab.get(`/v1/sessions/${session}/executions/${executionId}/recording?format=text`)).text())
    .toContain('before');

  const page = await tab.page.context().newPage();
  await watch(page, gateway.address, `/v1/sessions/${session}/executions/${executionId}/live`);
  const guests = await browser.newContext();
  const guest = await guests.newPage();
  await watch(guest, gateway.address, `/v1/shared/${token}/live`);
  for (const viewer of [page, guest]) await expect(screen(viewer)).toContainText('before');

  const width = (await screen(page).boundingBox())?.width ?? 0;
  expect(width).toBeGreaterThan(0);
  const ratio = async () => {
    const box = await screen(page).boundingBox();
    return (box?.width ?? 0) / (box?.height ?? 1);
  };
  const before = await ratio();
  await command(tab, session, { type: 'tool.resize', executionId, cols: 40, rows: 20 });
  await expect.poll(ratio).toBeLessThan(before / 2);

  await command(tab, session, { type: 'tool.input', executionId, data: 'something\n' });
  for (const viewer of [page, guest]) await expect(screen(viewer)).toContainText('got something');
  await page.screenshot({
    path: resolve(import.meta.dirname, '../../artifacts/test-results/screenshots/63-live-player.png'),
  });

  await command(tab, session, { type: 'tool.cancel', executionId });
  for (const viewer of [page, guest]) await expect(viewer.locator('body')).toHaveAttribute('data-ended', 'true');
  await guests.close();
});

test("asciinema's player that comes late to vim has its screen, and what was before it when vim is left", async ({
  tab,
  gateway,
}) => {
  const session = 'edited';
  const edit = "seq 1 2000 > many; echo before; read a; vim -Nu NONE '+set mouse=a' many; echo behind; read a";
  const run = await tab.post(`/v1/sessions/${session}/commands`, {
    type: 'tools.run',
    calls: [{ tool: 'terminal', arguments: { command: edit, cols: 80, rows: 24 } }],
  });
  const [executionId] = ((await run.json()) as { executionIds: string[] }).executionIds;
  const keys = (data: string) => command(tab, session, { type: 'tool.input', executionId, data });
  const live = `/v1/sessions/${session}/executions/${executionId}/live`;
  const context = tab.page.context();
  const early = await context.newPage();
  await watch(early, gateway.address, live);
  await expect(screen(early)).toContainText('before');
  await keys('\n');
  await expect(screen(early)).toContainText('23');
  await keys(':for i in range(1000) | redraw! | endfor\r:put =59*71 | redraw!\r');
  await expect(screen(early)).toContainText('4189');

  const late = await context.newPage();
  await watch(late, gateway.address, live);
  const lines = (page: Page) => page.locator('#player .ap-term').innerText();
  await expect(screen(late)).toContainText('4189');
  await expect.poll(() => lines(late)).toBe(await lines(early));
  await late.screenshot({
    path: resolve(import.meta.dirname, '../../artifacts/test-results/screenshots/64-live-vim.png'),
  });
  await keys(':q!\r');
  for (const page of [early, late]) {
    await expect(screen(page)).toContainText('behind');
    await expect(screen(page)).not.toContainText(/\b2[012]\b/);
  }
  await command(tab, session, { type: 'tool.cancel', executionId });
});
