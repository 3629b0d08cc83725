import type { Locator } from '@playwright/test';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const tiles = (tab: ConsolePage): Locator => tab.by('wall-tile');

/** Runs calls in a session of their own. */
async function run(
  tab: ConsolePage,
  session: string,
  ...calls: { tool: string; arguments: object }[]
): Promise<string[]> {
  const answer = await tab.post(`/v1/sessions/${session}/commands`, { type: 'tools.run', calls });
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { executionIds: string[] }).executionIds;
}

const terminal = (command: string) => ({ tool: 'terminal', arguments: { command } });
const shell = (command: string) => ({ tool: 'shell', arguments: { command } });

test('what runs in several sessions is put on the wall, filtered, pinned, kept and linked to', async ({ tab }) => {
  await run(tab, 'alpha', terminal('while read -r line; do echo "alpha got $line"; done'));
  await run(tab, 'beta', shell('for i in 1 2 3; do echo "needle $i"; echo "hay $i"; done; sleep 600'));
  await tab.by('wall-link').click();
  await expect(tab.by('wall-empty')).toBeVisible();
  await tab.by('wall-add').click();
  await expect(tab.by('wall-choice')).toHaveCount(2);
  await tab.by('wall-add-all').click();
  await tab.by('wall-picker-close').click();
  await expect(tiles(tab)).toHaveCount(2);
  await expect(tab.by('wall-output')).toContainText('needle 3');

  // Into a terminal is typed where it is large.
  await tab.by('wall-type').click();
  await expect(tab.page.locator('.pty-large .xterm-helper-textarea')).toBeFocused();
  await expect(tab.by('pty')).toHaveAttribute('data-right', 'mine');
  await tab.page.keyboard.type('one line');
  await tab.page.keyboard.press('Enter');
  await expect(tab.page.locator('.pty-large .xterm-rows')).toContainText('alpha got one line');
  await tab.by('pty-dialog-close').click();
  await expect(tab.by('wall-terminal')).toContainText('alpha got one line');
  await tab.screenshot('70-wall');

  // Lines of outputs, and terminals by what they run.
  await tab.by('wall-filter').fill('NEEDLE');
  await expect(tiles(tab)).toHaveCount(1);
  await expect(tab.by('wall-found').first()).toHaveText('needle 1\nneedle 2\nneedle 3\n', { useInnerText: true });
  await tab.by('wall-filter').fill('alpha got');
  await expect(tab.by('wall-terminal')).toBeVisible();
  await tab.by('wall-filter').fill('');

  const second = tiles(tab).filter({ has: tab.by('wall-output') });
  await second.getByTestId('wall-pin').click();
  await expect(tiles(tab).first()).toContainText('needle');
  await expect(tab.page).toHaveURL(/tiles=beta:[^,]+!/);

  // The address says it all, and without it the browser remembers.
  const address = tab.page.url();
  await tab.page.goto(new URL('/wall', address).href);
  await expect(tab.page).toHaveURL(address);
  await expect(tab.by('wall-terminal')).toContainText('alpha got one line');

  await tiles(tab).first().getByTestId('wall-remove').click();
  await expect(tiles(tab)).toHaveCount(1);
  expect(tab.errors).toEqual([]);
});

test('what is out of sight is neither followed nor drawn, and of tabs one is', async ({ tab }) => {
  for (let i = 0; i < 2; i++) {
    const calls = Array.from({ length: 10 }, (_, n) => shell(`echo "tile ${i}-${n}"; sleep 600`));
    await run(tab, `many${i}`, ...calls);
  }
  await tab.by('wall-link').click();
  await tab.by('wall-following').check();
  await expect(tiles(tab)).toHaveCount(20);
  await tab.by('wall-columns').selectOption('2');
  const followed = tab.page.locator('[data-testid=wall-tile][data-followed=true]');
  await expect(tab.by('wall-output').first()).toContainText('tile ');
  await expect.poll(() => followed.count()).toBeLessThan(10);
  await expect(tiles(tab).last()).toHaveAttribute('data-followed', 'false');

  await tiles(tab).last().scrollIntoViewIfNeeded();
  await expect(tiles(tab).last()).toHaveAttribute('data-followed', 'true');
  await expect(tiles(tab).last().getByTestId('wall-output')).toContainText('tile ');
  await expect(tiles(tab).first()).toHaveAttribute('data-followed', 'false');

  await tab.page.getByRole('button', { name: 'Tabs' }).click();
  await expect(tiles(tab)).toHaveCount(1);
  await tab.page.getByTestId('wall-tab').nth(3).check({ force: true });
  await expect(tab.page).toHaveURL(/tab=many/);
  await expect(tiles(tab)).toHaveCount(1);
  await tab.screenshot('71-wall-tabs');

  // What begins later comes by itself.
  await run(tab, 'later', shell('echo "came later"; sleep 600'));
  await expect(tab.page.getByTestId('wall-tab')).toHaveCount(21);
  expect(tab.errors).toEqual([]);
});
