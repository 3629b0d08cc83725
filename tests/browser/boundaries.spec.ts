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

test('marks in the gutter say how each command went; the large terminal leads from one to the next, and asks again', async ({
  tab,
}) => {
  const dialog = tab.by('pty-dialog');
  const mark = (number: number): Locator => dialog.locator(`.pty-mark[data-turn="${number}"]`);
  /** The row of the terminal that a mark is beside. */
  const beside = async (number: number): Promise<string> => {
    const place = await mark(number).boundingBox();
    const rows = await dialog.locator('.xterm-rows > div').all();
    for (const row of rows) {
      const box = await row.boundingBox();
      if (place !== null && box !== null && Math.abs(box.y - place.y) < 3) return row.innerText();
    }
    return '';
  };
  await tab.send('/terminal');
  await expect(dialog).toBeVisible();
  await shows(tab, /[$#]/);
  await type(tab, 'seq 200');
  await shows(tab, /^200/m);
  await type(tab, "bash -c 'exit 7'");
  await expect(mark(2)).toHaveAttribute('data-went', 'failed');
  expect(await beside(2)).toContain('exit 7');
  await type(tab, 'cat');
  await expect(mark(3)).toHaveAttribute('data-went', 'running');
  await tab.page.keyboard.press('Control+d');
  await expect(mark(3)).toHaveAttribute('data-went', 'ok');
  expect(await beside(3)).toContain('cat');

  await tab.page.keyboard.press('Control+Shift+ArrowUp');
  await expect(mark(3)).toHaveClass(/pty-mark-here/);
  await tab.by('pty-previous').click();
  await tab.by('pty-previous').click();
  await expect(mark(1)).toHaveClass(/pty-mark-here/);
  await expect(mark(1)).toBeInViewport();
  expect(await beside(1)).toContain('seq 200');
  await tab.screenshot('81-boundaries-large');
  await tab.by('pty-next').click();
  await expect(mark(2)).toHaveClass(/pty-mark-here/);

  await tab.by('pty-turns').click();
  const listed = dialog.getByTestId('turn');
  await expect(listed).toHaveCount(3);
  await listed.nth(0).locator('summary').click();
  await listed.nth(0).getByTestId('turn-show').click();
  await expect(mark(1)).toHaveClass(/pty-mark-here/);
  await listed.nth(1).locator('summary').click();
  await listed.nth(1).getByTestId('turn-again').click();
  await expect(listed).toHaveCount(4);
  await expect(mark(4)).toHaveAttribute('data-went', 'failed');
  await tab.screenshot('82-boundaries-list');

  await tab.page.reload();
  await tab.live();
  await tab.by('pty-large').click();
  await expect(mark(4)).toHaveAttribute('data-went', 'failed');
  expect(await beside(4)).toContain('exit 7');
  expect(tab.errors).toEqual([]);
});
