import { expect, test } from './support/fixtures.ts';

const refusedByBrowser = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED/;

test('offline nothing claims to run, times stand still and say since when, and a cancel waits', async ({
  tab,
  gateway,
}) => {
  // They may be repeated, so that the cancel finds them, whether it comes before the server has noticed that they were cut off or after.
  await tab.send(
    '/shell {"command": "echo on; while [ ! -e go ]; do sleep 0.05; done", "idempotent": true}',
    '/shell {"command": "while [ ! -e go ]; do sleep 0.05; done", "idempotent": true}',
  );
  await expect(tab.output(tab.cards.first())).toContainText('on');
  await tab.by('batch-timeline').click();
  await expect(tab.by('tool-status').first()).toHaveText('Running');

  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await expect(tab.by('stale')).toContainText(/No connection since \d?\d:\d\d:\d\d/);
  await expect(tab.by('batch-as-of')).toContainText(/as of \d?\d:\d\d:\d\d/);
  await expect(tab.by('tool-status').first()).toHaveText('Was running');
  await expect(tab.by('batch-status')).toHaveText(/^Was /);
  await expect(tab.by('message-state')).toContainText('Was waiting for its tools');
  await expect(tab.page.locator('.pulse')).toHaveCount(0);
  await expect(tab.page.locator('[data-tone=busy]')).toHaveCount(0);
  const times = () => tab.page.locator('.elapsed').allTextContents();
  const before = await times();
  // So long that every one of them would have moved.
  await expect
    .poll(() => tab.page.evaluate(() => performance.now()))
    .toBeGreaterThan((await tab.page.evaluate(() => performance.now())) + 1_200);
  expect(await times()).toEqual(before);

  await tab.cards.first().getByTestId('tool-cancel').click();
  await expect(tab.cards.first().getByTestId('command-waiting')).toBeVisible();
  // Once is enough.
  await expect(tab.cards.first().getByTestId('tool-cancel')).toHaveAttribute('aria-disabled', 'true');
  await tab.by('batch-cancel').click();
  await expect(tab.by('batch-bar').getByTestId('command-waiting')).toHaveText('Waits for the connection');
  await tab.screenshot('26-stale');

  await gateway.start();
  await tab.comeBack('connection-retry');
  await expect(tab.by('stale')).toHaveText('');
  await expect(tab.by('command-waiting')).toHaveCount(0);
  await tab.ended(1);
  await expect(tab.cards.first()).toHaveAttribute('data-state', 'cancelled');
  expect(tab.errors.filter((error) => !refusedByBrowser.test(error))).toEqual([]);
});
