import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const seq = async (tab: ConsolePage) => Number(await tab.by('replay').getAttribute('data-seq'));
const cards = (tab: ConsolePage) => tab.by('replay-card');
const shell = (command: string) => `/shell ${JSON.stringify({ command })}`;

/** Two tools side by side, one of which prints its lines one after the other, and one that fails. */
async function work(tab: ConsolePage): Promise<void> {
  await tab.send(
    shell(String.raw`for i in 1 2 3 4 5; do printf '\033[32mline %d\033[0m\n' $i; sleep 0.15; done`),
    shell('sleep 0.3; echo wrong >&2; exit 3'),
  );
  await tab.ended(1);
}

async function whole(tab: ConsolePage): Promise<void> {
  await expect(tab.by('replay')).toHaveAttribute('data-ready', 'true');
  await expect(tab.by('replay')).toHaveAttribute('data-whole', 'true');
}

test('a session is replayed from its beginning, by keyboard, to its end, and a link leads to the moment', async ({
  tab,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await work(tab);
  const { session } = tab;
  await tab.by('session-replay').click();
  await whole(tab);
  expect(await seq(tab)).toBe(1);
  await expect(cards(tab)).toHaveCount(0);

  const { keyboard } = tab.page;
  await keyboard.press('.');
  expect(await seq(tab)).toBe(2);
  await keyboard.press(',');
  expect(await seq(tab)).toBe(1);
  // From mark to mark until both tools are there, and one of them runs.
  for (
    let i = 0;
    i < 20 &&
    (await cards(tab)
      .nth(1)
      .getAttribute('data-state')
      .catch(() => null)) !== 'executing';
    i++
  )
    await keyboard.press(']');
  await expect(cards(tab).nth(1)).toHaveAttribute('data-state', 'executing');
  await expect(cards(tab).nth(1).getByTestId('tool-output')).toHaveCount(0);

  await keyboard.press('End');
  await expect(cards(tab)).toHaveCount(2);
  await expect(cards(tab).nth(0)).toHaveAttribute('data-state', 'completed');
  await expect(cards(tab).nth(1)).toHaveAttribute('data-state', 'failed');
  const lines = cards(tab).nth(0).locator('[data-testid=tool-output][data-stream=stdout]');
  await expect(lines).toHaveText('line 1\nline 2\nline 3\nline 4\nline 5\n', { useInnerText: true });
  await expect(tab.by('replay-lanes').locator('.lane')).toHaveCount(2);

  // Back in the middle, the output is what it was.
  await tab.by('replay-lanes').locator('.lane-bar').first().click();
  await expect(cards(tab).nth(0)).not.toHaveAttribute('data-state', 'completed');
  const page = await (await tab.get(`/v1/sessions/${session}/events?after=start&limit=1000`)).json();
  const third =
    (page.events as { seq: number; text?: string }[]).find(({ text }) => text?.includes('line 3'))?.seq ?? 0;
  for (let at = await seq(tab); at < third; at++) await keyboard.press('.');
  await expect(lines).toHaveText('line 1\nline 2\nline 3\n', { useInnerText: true });
  const middle = await seq(tab);
  expect(middle).toBe(third);
  await tab.screenshot('40-replay-middle');

  await tab.by('replay-link').click();
  const link = await tab.page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).search).toBe(`?replay=&at=${middle}`);
  await expect.poll(() => new URL(tab.page.url()).search).toBe(`?replay=&at=${middle}`);
  await tab.page.reload();
  await whole(tab);
  expect(await seq(tab)).toBe(middle);
  await expect(lines).toHaveText('line 1\nline 2\nline 3\n', { useInnerText: true });

  await tab.by('replay-speed').selectOption('16');
  await tab.by('replay-play').click();
  await expect(cards(tab).nth(1)).toHaveAttribute('data-state', 'failed');
  await expect(tab.by('replay-play')).toHaveAccessibleName('Play');
  await tab.by('replay-close').click();
  await tab.live();
  expect(tab.session).toBe(session);
  expect(tab.errors).toEqual([]);
});

test('the moment of a link is shown before the whole recording has come, and is the same after it', async ({ tab }) => {
  await work(tab);
  const { session, page } = tab;
  const logged = await (await tab.get(`/v1/sessions/${session}/events?after=start&limit=1000`)).json();
  const third =
    (logged.events as { seq: number; text?: string }[]).find(({ text }) => text?.includes('line 3'))?.seq ?? 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/recording\?format=events$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${new URL(page.url()).origin}/s/${session}?replay=&at=${third}`);
  const replay = tab.by('replay');
  const lines = cards(tab).nth(0).locator('[data-testid=tool-output][data-stream=stdout]');
  await expect(replay).toHaveAttribute('data-ready', 'true');
  await expect(replay).toHaveAttribute('data-whole', 'false');
  expect(await seq(tab)).toBe(third);
  await expect(lines).toHaveText('line 1\nline 2\nline 3\n', { useInnerText: true });
  await expect(tab.by('replay-scrubber')).toBeDisabled();
  await tab.screenshot('47-replay-opening');

  release();
  await whole(tab);
  await expect(tab.by('replay-scrubber')).toBeEnabled();
  expect(await seq(tab)).toBe(third);
  await expect(lines).toHaveText('line 1\nline 2\nline 3\n', { useInnerText: true });
  expect(tab.errors).toEqual([]);
});

test('a tool is replayed alone; what was not kept is shown as missing', async ({ tab }) => {
  await tab.send(shell('seq 1 1500000; echo last'), shell('echo other'));
  await tab.ended(1);
  await tab.cards.nth(0).getByTestId('tool-replay').click();
  await whole(tab);
  await tab.page.keyboard.press('End');
  await expect(cards(tab)).toHaveCount(1);
  await expect(cards(tab).getByTestId('tool-output')).toContainText('last');
  const text = await (await tab.get(await hrefOf(tab, 'text'))).text();
  const said = [...text.matchAll(/^\[(\d+) bytes are not kept\]$/gm)].reduce(
    (sum, [, bytes]) => sum + Number(bytes),
    0,
  );
  const printed = Array.from({ length: 1_500_000 }, (_, i) => `${i + 1}\n`).join('').length + 'last\n'.length;
  const kept = text
    .split('\n')
    .filter((line) => /^(\d+|last)$/.test(line))
    .join('\n');
  // How much is not kept goes by how fast it prints.
  expect(said).toBeGreaterThan(0);
  // What is kept and what is said to be missing is all that there was, but for lines that a gap cut in two.
  expect(Math.abs(printed - said - kept.length - 1)).toBeLessThan(100);
  expect(text).not.toContain('other');
  expect(tab.errors).toEqual([]);
});

const hrefOf = async (tab: ConsolePage, format: 'cast' | 'text') =>
  (await tab.by(`replay-${format}`).getAttribute('href')) ?? '';

test("asciinema's own player plays the export", async ({ tab }) => {
  await work(tab);
  await tab.cards.nth(0).getByTestId('tool-replay').click();
  await whole(tab);
  const downloading = tab.page.waitForEvent('download');
  await tab.by('replay-cast').click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/\.cast$/);
  const cast = await readFile(await file.path(), 'utf8');

  const bundle = resolve(dirname(createRequire(import.meta.url).resolve('asciinema-player')), 'bundle');
  const player = await tab.page.context().newPage();
  const errors: string[] = [];
  player.on('pageerror', (error) => errors.push(error.message));
  await player.setContent('<div id="player"></div>');
  await player.addStyleTag({ path: resolve(bundle, 'asciinema-player.css') });
  await player.addScriptTag({ path: resolve(bundle, 'asciinema-player.min.js') });
  const markers = await player.evaluate(
    (data) =>
      new Promise<string[]>((done) => {
        const labels: string[] = [];
        const { AsciinemaPlayer } = window as unknown as {
          AsciinemaPlayer: {
            create(
              source: object,
              element: Element | null,
              options: object,
            ): {
              addEventListener(type: string, listener: (event: { label?: string }) => void): void;
            };
          };
        };
        const playing = AsciinemaPlayer.create({ data }, document.querySelector('#player'), {
          autoPlay: true,
          speed: 4,
        });
        playing.addEventListener('marker', ({ label }) => labels.push(label ?? ''));
        playing.addEventListener('ended', () => done(labels));
      }),
    cast,
  );
  expect(markers).toContain('started');
  await expect(player.locator('#player')).toContainText('line 5');
  await player.screenshot({
    path: resolve(import.meta.dirname, '../../artifacts/test-results/screenshots/41-asciinema.png'),
  });
  expect(errors).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: a replay is accessible, on a phone too`, async ({ tab }) => {
    await tab.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await work(tab);
    await tab.by('session-replay').click();
    await whole(tab);
    await tab.page.keyboard.press('End');
    await expect(cards(tab).nth(1)).toHaveAttribute('data-state', 'failed');
    const violations = async () =>
      (await new AxeBuilder({ page: tab.page }).analyze()).violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
      );
    expect(await violations()).toEqual([]);
    await tab.screenshot(`42-replay-${colorScheme}`);
    await tab.page.setViewportSize({ width: 390, height: 844 });
    expect(await violations()).toEqual([]);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await tab.screenshot(`43-replay-phone-${colorScheme}`);
    const slider = tab.page.getByRole('slider', { name: 'Place in the replay' });
    await expect(slider).toHaveAttribute('aria-valuetext', /^\d+:\d\d \/ \d+:\d\d, /);
    expect(tab.errors).toEqual([]);
  });
}
