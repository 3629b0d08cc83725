import { expect, test } from './support/fixtures.ts';

test('statistics show what tools did, in the session and in all, and lead back', async ({ tab }) => {
  await tab.send('/shell {"command":"echo hi"}', '/shell {"command":"exit 3"}');
  await tab.ended(1);
  const { session, page } = tab;
  await tab.by('statistics-link').click();
  await expect(page).toHaveURL(/\/statistics$/);
  await tab.by('statistics-session').selectOption(session);
  const row = tab.by('statistics-table').locator('[data-tool=shell]');
  await expect(row.locator('td').nth(0)).toHaveText('2');
  await expect(row.locator('td').nth(1)).toHaveText('50.0 %');
  await expect(tab.by('statistics-charts').locator('canvas')).toHaveCount(2);

  // Silos tell their tenant's grain each few seconds; the page looks by itself.
  await tab.by('statistics-session').selectOption('');
  await tab.by('statistics-week').check();
  await expect(page).toHaveURL(/window=week$/);
  await expect(row.locator('td').nth(0)).not.toHaveText('0');
  await tab.screenshot('44-statistics');

  await tab.by('statistics-link').click();
  await tab.live();
  expect(tab.session).toBe(session);
  expect(tab.errors).toEqual([]);
});
