import type { Locator } from '@playwright/test';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const shows = (tab: ConsolePage, text: string | RegExp) =>
  expect(tab.page.locator('.xterm-rows')).toContainText(text, { useInnerText: true });

async function type(tab: ConsolePage, line: string): Promise<void> {
  await tab.page.keyboard.type(line);
  await tab.page.keyboard.press('Enter');
}

const turn = (tab: ConsolePage, question: string): Locator =>
  tab.by('turn').filter({ has: tab.page.locator('.turn-question', { hasText: question }) });

test('questions and answers of bash and of python in it are told apart, jumped between, copied and run again', async ({
  tab,
}) => {
  await tab.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.send('/terminal');
  await expect(tab.by('pty-dialog')).toBeVisible();
  await shows(tab, /[$#]/);
  await type(tab, 'echo one; echo two');
  await shows(tab, /^two/m);
  await type(tab, "bash -c 'exit 7'");
  await type(tab, 'python3 -q');
  await shows(tab, />>>/);
  await type(tab, '6 * 7');
  await shows(tab, /^42/m);
  await type(tab, 'exit()');
  await type(tab, 'echo back');
  await shows(tab, /^back/m);
  await tab.page.locator('.dialog-head button').last().click();

  await expect(tab.by('turn')).toHaveCount(6);
  const failed = turn(tab, 'exit 7');
  await expect(failed).toContainText('exit 7');
  await expect(failed.locator('.turn-failed')).toBeVisible();
  await expect(turn(tab, '6 * 7')).toHaveAttribute('data-state', 'complete');
  await expect(tab.page.locator('.turn-inner')).toHaveCount(2);

  const first = turn(tab, 'echo one; echo two');
  await first.locator('summary').focus();
  await tab.page.keyboard.press('Enter');
  await expect(first.getByTestId('turn-answer')).toHaveText('one\ntwo');
  await tab.page.keyboard.press('ArrowDown');
  await expect(failed.locator('summary')).toBeFocused();
  await tab.page.keyboard.press('ArrowUp');
  await expect(first.locator('summary')).toBeFocused();
  await first.getByTestId('turn-copy').click();
  expect(await tab.page.evaluate(() => navigator.clipboard.readText())).toBe('one\ntwo');
  await turn(tab, '6 * 7').locator('summary').click();
  await expect(turn(tab, '6 * 7').getByTestId('turn-answer')).toHaveText('42');
  await tab.screenshot('80-boundaries');

  await first.getByTestId('turn-again').click();
  await expect(tab.by('turn')).toHaveCount(7);
  await expect(tab.by('turn').last()).toContainText('echo one; echo two');

  await tab.page.reload();
  await tab.live();
  await expect(tab.by('turn')).toHaveCount(7);
  expect(tab.errors).toEqual([]);
});
