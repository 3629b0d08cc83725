import { expectLines } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

// The first attempt of either does not end by itself.
const loop = 'for i in $(seq 1 30); do echo line $i; sleep 0.1; done';
const again = `echo >>tries; ${loop}; [ $(wc -l <tries) -gt 1 ] || sleep 1000`;
const once = `${loop}; sleep 1000`;

test('kill -9 and restart: the page comes back by itself and shows the right ends', async ({ tab, gateway }) => {
  await tab.send(
    `/shell {"command": "${again}", "idempotent": true}`,
    `/shell {"command": "${once}"}`,
    '/file_write {"path": "notes/hello.md", "content": "# hello"}',
    '/computer {}',
  );
  await expect(tab.cards).toHaveCount(4);
  for (const i of [0, 1]) await expect(tab.output(tab.cards.nth(i))).toContainText('line 3');
  for (const i of [2, 3]) await expect(tab.cards.nth(i)).toHaveAttribute('data-state', 'completed');

  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await tab.send('hello from a page without a server');
  await expect(tab.page.getByTestId('outgoing-message')).toHaveCount(1);
  await tab.screenshot('11-offline');

  await gateway.start();
  await tab.live();
  await expect(tab.cards.nth(1)).toHaveAttribute('data-state', 'failed');
  await expect(tab.cards.nth(0)).toHaveAttribute('data-attempt', '2');
  await tab.screenshot('12-recovering');

  await expect(tab.replies).toHaveCount(2);
  for (const i of [0, 1]) await expect(tab.replies.nth(i)).toHaveAttribute('data-state', 'completed');
  await expect(tab.page.getByTestId('outgoing-message')).toHaveCount(0);
  const cards = await tab.shown();
  expect(cards.map((card) => [card.state, card.attempt, card.error])).toEqual([
    ['completed', '2', undefined],
    ['failed', '1', 'runner_lost'],
    ['completed', '1', undefined],
    ['completed', '1', undefined],
  ]);
  expectLines(cards[0]?.output[0], 30);
  const shown = (cards[1]?.output[0] ?? '').trimEnd().split('\n').length;
  expectLines(cards[1]?.output[0], shown);
  await expect(tab.page.locator('[data-testid=message][data-role=user]')).toHaveCount(2);
  expect((await tab.texts()).join('\n')).toContain('3 of 4 tools completed.');
  await tab.screenshot('13-recovered');
  await tab.cards.nth(1).scrollIntoViewIfNeeded();
  await tab.screenshot('14-recovered-cards');

  const texts = await tab.texts();
  await tab.page.reload();
  await tab.live();
  expect(await tab.shown()).toEqual(cards);
  expect(await tab.texts()).toEqual(texts);
  // The browser itself logs each connection that is refused while there is no server.
  expect(tab.errors.filter((error) => !/WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/.test(error))).toEqual(
    [],
  );
});
