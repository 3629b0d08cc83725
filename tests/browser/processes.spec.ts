import { expect, test } from './support/fixtures.ts';

test('processes of tools are shown live, with all of the hosts on demand', async ({ tab }) => {
  const { page } = tab;
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

  expect(tab.errors).toEqual([]);
});
