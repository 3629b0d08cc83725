import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './support/fixtures.ts';

test('what processes take is seen live, with those that take most, ends and restarts', async ({ tab, gateway }) => {
  const { page } = tab;
  await tab.send(
    '/shell {"command": "while :; do :; done"}',
    `/shell ${JSON.stringify({ command: "while :; do head -c 100000 /dev/zero | tr '\\0' x; sleep 0.2; done" })}`,
    '/shell {"command": "exit 3"}',
    '/shell {"command": "kill -9 $$"}',
  );
  const { session } = tab;
  await expect(tab.cards.nth(3)).toHaveAttribute('data-state', 'failed');
  const put = await page.request.put(`${gateway.address}/v1/sessions/${session}/named-processes/web?start=true`, {
    data: { command: 'exit 4', restart: { policy: 'on_failure', maxRestarts: 2, backoffMs: 100, maxBackoffMs: 100 } },
  });
  expect(put.ok()).toBe(true);

  await tab.by('statistics-link').click();
  await tab.by('statistics-processes').click();
  await expect(page).toHaveURL(/\/statistics\/processes$/);
  await expect(tab.by('process-board-charts').locator('canvas')).toHaveCount(4);
  const rows = tab.by('process-board-top').locator('tbody tr');
  const first = (column: number) => rows.first().locator('td').nth(column);
  // A sample is taken every ten seconds, and the page looks as often.
  await expect(first(2)).toHaveText(/^[\d.]+ s$/);
  await expect(first(5)).toHaveText(/^\d[\d.]* %$/);
  await expect(first(1)).toHaveText('running');
  const busy = await rows.first().getAttribute('data-execution');
  await tab.by('process-board-by-output').click();
  await expect(rows.first()).not.toHaveAttribute('data-execution', busy ?? '');
  await expect(first(4)).toHaveText(/ [KM]B$/);
  await expect(first(7)).toHaveText(/^\d.* KB\/s$/);
  await expect(first(8)).toHaveText(/^[1-9]/);
  await expect(rows).toHaveCount(7);

  const exits = tab.by('process-board-exits').locator('tbody tr');
  await expect(exits).toHaveCount(5);
  await expect(exits.filter({ hasText: 'exit 3' })).toContainText('exit_code');
  await expect(exits.filter({ hasText: 'SIGKILL (137)' })).toContainText('failed');
  await expect(exits.filter({ hasText: 'exit 4' })).toHaveCount(3);
  const restarts = tab.by('process-board-restarts').locator('tbody tr');
  await expect(restarts.filter({ hasText: /^web/ })).toHaveCount(2);
  await expect(restarts.first()).toContainText('restart 2');
  const chart = (title: string) => tab.by('process-board-charts').getByRole('img', { name: new RegExp(`^${title}: `) });
  await expect(chart('Ends and restarts')).toHaveAccessibleName(/Ended: 5; Failed: 5; Restarted: 2/);
  await expect(chart('Processor')).toHaveAccessibleName(/All: \d.*; shell \S+: \d.* %/);
  await tab.screenshot('73-boards');
  const { violations } = await new AxeBuilder({ page }).include('[data-testid=process-board]').analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await rows.first().getByTestId('process-board-choose').click();
  await expect(rows.first().getByTestId('process-board-choose')).toHaveAttribute('aria-pressed', 'true');
  await expect(chart('Processor')).toHaveAccessibleName(/^Processor: All: [^;]*; [^;]*$/);
  await tab.by('statistics-24h').check();
  await expect(page).toHaveURL(/range=24h$/);
  await tab.by('statistics-1h').check();
  await expect(rows).toHaveCount(7);

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await tab.screenshot('74-boards-phone');
  await page.setViewportSize({ width: 1280, height: 800 });

  await exits.filter({ hasText: 'exit 3' }).getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/s/${session}$`));
  await expect(tab.cards.nth(2)).toBeInViewport();
  await tab.by('batch-cancel').click();
  expect(tab.errors).toEqual([]);
});

test('what processes take is reached from the list of processes, and says where there were none', async ({ tab }) => {
  await tab.by('processes-link').click();
  await tab.by('processes-board').click();
  await expect(tab.page).toHaveURL(/\/statistics\/processes$/);
  await expect(tab.by('process-board-empty')).toContainText('No tool has run a process in the last 15 min.');
  await tab.by('process-board-list').click();
  await expect(tab.page).toHaveURL(/\/processes$/);

  await tab.page.route('**/v1/processes/history?*', (route) =>
    route.fulfill({ status: 503, json: { error: { code: 'unavailable', message: 'Not just now.', retryable: true } } }),
  );
  await tab.by('processes-board').click();
  await expect(tab.by('process-board-why')).toHaveText('Not just now.');
});
