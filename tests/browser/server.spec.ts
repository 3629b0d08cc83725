import { expect, test } from './support/fixtures.ts';

test('the server’s figures are charts and a table, live, over a chosen range', async ({ tab }) => {
  await tab.send('/shell {"command":"echo hi"}', '/shell {"command":"exit 3"}');
  await tab.ended(1);
  await tab.by('statistics-link').click();
  await tab.by('statistics-server').click();
  await expect(tab.page).toHaveURL(/\/statistics\/server$/);
  await expect(tab.by('server-charts').locator('canvas')).toHaveCount(13);
  await tab.by('server-table').locator('summary').press('Enter');
  const figure = (series: string) => tab.by('server-table').locator(`[data-series="${series}"] td`);
  // A sample is taken every ten seconds, and the page looks as often.
  await expect(figure('connections').first()).toHaveText('1');
  await expect(figure('append.p99').last()).toHaveText(/^[\d.]+ m?s$/);
  await expect(figure('executions.failed').last()).toHaveText(/^[\d.]+\/s$/);
  await expect(figure('delivery.p50').last()).toHaveText(/ m?s$/);
  await expect(figure('process.memory').first()).toHaveText(/ MB$/);
  await expect(tab.by('server-charts').getByRole('img', { name: /^Connections: Open: 1 now/ })).toBeVisible();
  await tab.screenshot('72-server');

  await tab.by('statistics-24h').check();
  await expect(tab.page).toHaveURL(/range=24h$/);
  await expect(tab.by('server-charts').locator('canvas')).toHaveCount(13);
  await tab.by('statistics-tools').click();
  await expect(tab.by('statistics-table')).toBeVisible();
  expect(tab.errors).toEqual([]);
});
