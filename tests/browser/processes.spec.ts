import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

const row = (page: Page, command: string) => page.getByTestId('process').filter({ hasText: command });
const pidOf = async (process: Locator) => (await process.getAttribute('data-pid')) ?? '';

test('processes of tools are shown live, with all of the hosts on demand', async ({ tab }) => {
  const { page } = tab;
  await tab.send('/shell {"command":"python3 -m http.server 0 --bind 127.0.0.1 & exec sleep 4321"}');
  await tab.by('processes-link').click();
  await expect(page).toHaveURL(/\/processes$/);
  const sleep = row(page, 'sleep 4321');
  const server = row(page, 'http.server');
  await expect(sleep.getByRole('link', { name: 'shell' })).toBeVisible();
  await expect(server).toContainText('sleeping');
  await expect(server.locator('td').nth(9)).toHaveText(/^\d+$/);

  await tab.by('processes-host').check();
  await expect(row(page, 'the server')).toHaveCount(1);
  await expect(page.getByTestId('process-restart-not').first()).toHaveAttribute('title', /No tool has started it/);
  await tab.screenshot('60-processes');

  expect(tab.errors).toEqual([]);
});

test('a process is started, run again with the same arguments, and started again when it has ended', async ({
  tab,
}) => {
  const { page } = tab;
  await tab.by('processes-link').click();
  await tab.by('processes-start').click();
  await tab.by('start-command').fill('echo "$0"; exec sleep 4322');
  await tab.by('start-do').click();
  await expect(tab.by('start-dialog')).toBeHidden();
  const sleep = row(page, 'sleep 4322');
  await expect(sleep).toHaveCount(1);
  const first = await pidOf(sleep);

  await sleep.getByTestId('process-restart').click();
  await expect(page.locator(`[data-testid=process][data-pid="${first}"]`)).toHaveCount(0);
  await expect(sleep).toHaveCount(1);
  const second = await pidOf(sleep);
  expect(second).not.toBe(first);
  await expect(tab.by('process-ended')).toHaveCount(0);

  await sleep.getByTestId('process-stop').click();
  await expect(tab.by('process-ended-how')).toHaveText('Cancelled');
  const { violations } = await new AxeBuilder({ page }).include('[data-testid=processes]').analyze();
  expect(violations.map((violation) => violation.id)).toEqual([]);
  await tab.screenshot('61-processes-ended');
  await tab.by('process-again').click();
  await expect(sleep).toHaveCount(1);
  expect([first, second]).not.toContain(await pidOf(sleep));
  await expect(tab.by('process-ended')).toHaveCount(0);
  expect(tab.errors).toEqual([]);
});

test('a named process is started and restarted as itself', async ({ tab }) => {
  const { page } = tab;
  await tab.by('processes-link').click();
  await tab.by('processes-start').click();
  await tab.by('start-kind').selectOption('named');
  await tab.by('start-do').click();
  await tab.by('process-name').fill('napper');
  await tab.by('process-command').fill('exec sleep 4323');
  await tab.by('process-add-do').click();
  const sleep = row(page, 'sleep 4323');
  await expect(sleep.getByRole('link', { name: 'napper' })).toBeVisible();
  const first = await pidOf(sleep);

  await sleep.getByTestId('process-restart').click();
  await expect(page.locator(`[data-testid=process][data-pid="${first}"]`)).toHaveCount(0);
  await expect(sleep).toHaveCount(1);

  await sleep.getByRole('link', { name: 'napper' }).click();
  const named = page.locator('[data-testid=process][data-name=napper]');
  await expect(named).toHaveAttribute('data-state', 'running');
  await expect(named.getByTestId('process-restarts')).toHaveCount(0);
  await tab.screenshot('62-processes-named');
  expect(tab.errors).toEqual([]);
});
