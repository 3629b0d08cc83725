import { readFile } from 'node:fs/promises';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

/** The text of the terminal in the dialog, of what is drawn of it. */
const drawn = (tab: ConsolePage) => tab.by('terminal-screen').innerText();

test('card and dialog show what a terminal shows: movement, erasing, the alternate screen, wide characters', async ({
  tab,
}) => {
  const raw = String.raw`start\n漢字|\na: 0 %%\nb: 0 %%\033[1A\r\033[Ka: 9 %%\r\n\033[Kb: 8 %%\n\033[?1049h\033[Hfull\033[?1049lend \033[31mred\033[0m\n`;
  await tab.send(`/shell ${JSON.stringify({ command: `printf '${raw}'` })}`);
  await tab.ended(1);
  const expected = ['start', '漢字|', 'a: 9 %', 'b: 8 %', 'end red'];
  const card = tab.output(tab.cards.first());
  await expect(card).toHaveText(expected.join('\n'), { useInnerText: true });
  // Two wide characters are as wide as four others.
  const widths = await card.evaluate((text) => {
    const range = document.createRange();
    const [one] = text.querySelectorAll('.wide');
    range.selectNodeContents(text);
    const probe = document.createElement('span');
    probe.textContent = '0000000000';
    text.append(probe);
    const column = probe.getBoundingClientRect().width / 10;
    probe.remove();
    return (one?.getBoundingClientRect().width ?? 0) / column;
  });
  expect(widths).toBeCloseTo(2, 1);
  await tab.by('tool-terminal-open').click();
  await expect.poll(async () => (await drawn(tab)).trim().split('\n')).toEqual(expected);
  await tab.screenshot('22-terminal-model');
  expect(tab.errors).toEqual([]);
});

test('the whole output is searched, wrapped, copied and downloaded; a card is copied', async ({ tab, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => tab.page.evaluate(() => navigator.clipboard.readText());
  const command = `for i in $(seq 1 20000); do echo "line $i"; done; echo Needle here; printf 'x%.0s' $(seq 1 3000); echo; seq 1 2000`;
  await tab.send(`/shell ${JSON.stringify({ command })}`);
  await tab.ended(1);
  await tab.cards.first().hover();
  await tab.by('tool-output-copy').click();
  await expect.poll(clipboard).toMatch(/1999\n2000\n$/);

  await tab.by('tool-terminal-open').click();
  await expect.poll(() => drawn(tab)).toMatch(/1999\n2000\n$/);
  await tab.page.keyboard.press('Control+f');
  await tab.page.keyboard.type('needle');
  await expect(tab.by('terminal-matches')).toHaveText('1 of 1');
  const mark = tab.by('terminal-screen').locator('mark[data-current=true]');
  await expect(mark).toHaveText('Needle');
  await expect(mark).toBeInViewport();
  await tab.screenshot('22-terminal-search');

  await tab.by('terminal-search').fill('line 1');
  await expect(tab.by('terminal-matches')).toHaveText('10000 of 10000+');
  await tab.page.keyboard.press('Enter');
  await expect(tab.by('terminal-matches')).toHaveText('1 of 10000+');
  await expect(mark).toBeInViewport();
  // What is far from what is seen is not drawn.
  expect((await drawn(tab)).length).toBeLessThan(20_000);

  const sideways = () => tab.by('terminal-screen').evaluate((e) => e.scrollWidth - e.clientWidth);
  await tab.by('terminal-search').fill('Needle');
  await expect(mark).toBeInViewport();
  expect(await sideways()).toBe(0);
  await tab.by('terminal-wrap').click();
  await expect.poll(sideways).toBeGreaterThan(1_000);

  await tab.by('terminal-copy').click();
  await expect.poll(clipboard).toMatch(/^line 1\nline 2\n(.*\n)*line 20000\nNeedle here\nx{3000}\n1\n(.*\n)*2000\n$/);
  const downloading = tab.page.waitForEvent('download');
  await tab.by('terminal-download').click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe('shell-stdout.txt');
  const text = await readFile(await file.path(), 'utf8');
  expect(text.split('\n').length).toBe(22_003);
  await tab.page.keyboard.press('Escape');
  await expect(tab.by('terminal')).toHaveCount(0);
  expect(tab.errors).toEqual([]);
});
