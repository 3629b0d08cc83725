import { expect, test } from './support/fixtures.ts';

test('processes of tools are shown live, take signals and can be attached to', async ({ tab }) => {
  const { page, session } = tab;
  await tab.send('/shell {"command":"python3 -m http.server 0 --bind 127.0.0.1 & exec sleep 4321"}');
  await tab.by('processes-link').click();
  await expect(page).toHaveURL(/\/processes$/);
  const sleep = page.getByTestId('process').filter({ hasText: 'sleep 4321' });
  const server = page.getByTestId('process').filter({ hasText: 'http.server' });
  await expect(sleep.getByRole('link', { name: 'shell' })).toBeVisible();
  await expect(server).toContainText('sleeping');
  await expect(server.locator('td').nth(9)).toHaveText(/^\d+$/);

  await tab.by('processes-host').check();
  await expect(page.getByTestId('process').filter({ hasText: 'the server' })).toHaveCount(1);
  await tab.screenshot('60-processes');

  await tab.by('processes-filter').fill('4321');
  await expect(tab.by('processes-count')).toHaveText(/^1 of \d+$/);
  await sleep.getByTestId('process-attach').click();
  await tab.live();
  expect(tab.session).toBe(session);
  await expect(page.getByText('attach', { exact: true }).first()).toBeVisible();

  await tab.by('processes-link').click();
  await sleep.getByTestId('process-signal').selectOption('SIGTERM');
  await expect(sleep).toHaveCount(0);
  expect(tab.errors).toEqual([]);
});
