import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const refusedByBrowser = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED/;

test('what is typed offline waits, is marked, and goes out in order', async ({ tab, gateway }) => {
  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await tab.send('/shell {"command": "echo one"}');
  await tab.send('/shell {"command": "echo two"}');
  const waiting = tab.by('outgoing-message');
  await expect(waiting).toHaveCount(2);
  for (const i of [0, 1]) {
    await expect(waiting.nth(i)).toHaveAttribute('data-state', 'queued');
    await expect(waiting.nth(i)).toContainText('Waiting for the connection');
  }
  await tab.screenshot('25-queued');

  await gateway.start();
  await tab.live();
  await tab.ended(2);
  await expect(waiting).toHaveCount(0);
  expect((await tab.shown()).map((card) => card.output[0])).toEqual(['one\n', 'two\n']);
  expect(tab.errors.filter((error) => !refusedByBrowser.test(error))).toEqual([]);
});

test('what waited for too long is marked as not sent; it is sent again or discarded', async ({ tab, gateway }) => {
  await tab.page.clock.install();
  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await tab.send('hello');
  await tab.send('never mind');
  const waiting = tab.by('outgoing-message');
  await expect(waiting).toHaveCount(2);
  await tab.page.clock.fastForward(31_000);
  for (const i of [0, 1]) await expect(waiting.nth(i)).toHaveAttribute('data-state', 'queued');
  await tab.page.clock.fastForward(86_400_000);
  for (const i of [0, 1]) await expect(waiting.nth(i)).toHaveAttribute('data-state', 'failed');
  await tab.screenshot('26-not-sent');

  await gateway.start();
  await tab.comeBack('connection-retry');
  await waiting.nth(1).getByTestId('outgoing-discard').click();
  await expect(waiting).toHaveCount(1);
  await waiting.getByTestId('outgoing-retry').click();
  await expect(waiting).toHaveCount(0);
  await tab.ended(1);
  await expect(tab.by('message-text').first()).toHaveText('hello');
  expect(tab.errors.filter((error) => !refusedByBrowser.test(error))).toEqual([]);
});

test('a session that has not come yet says that the server is away, and comes by itself', async ({ tab, gateway }) => {
  await gateway.kill();
  await expect(tab.connection).toHaveAttribute('data-state', 'offline');
  await tab.by('session-new').click();
  await expect(tab.by('session-unreachable')).toBeVisible();
  await expect(tab.by('session-share')).toBeDisabled();
  await tab.screenshot('27-unreachable');
  await gateway.start();
  await tab.comeBack('unreachable-retry');
  await expect(tab.by('welcome')).toBeVisible();
  expect(tab.errors.filter((error) => !refusedByBrowser.test(error))).toEqual([]);
});

test('a session of somebody else is refused, with a way on', async ({ tab, context, gateway }) => {
  const page = await context.newPage();
  // As the server refuses it: the tests' gateway has one user only.
  await page.routeWebSocket(/\/v1\/ws$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const command = JSON.parse(String(message)) as { id: string; type: string; session?: string };
      if (command.type !== 'session.open' || command.session !== 'theirs') return server.send(message);
      const error = { code: 'forbidden', message: 'The session belongs to somebody else.', retryable: false };
      return socket.send(JSON.stringify({ type: 'error', id: command.id, error }));
    });
  });
  const other = new ConsolePage(page);
  await page.goto(`${gateway.address}/s/theirs`);
  await expect(other.by('session-refused')).toHaveAttribute('data-code', 'forbidden');
  await expect(other.by('composer')).toHaveCount(0);
  await other.screenshot('28-forbidden');
  await other.by('new-instead').click();
  await other.live();
  await expect(other.by('welcome')).toBeVisible();
  await expect(other.page.locator('[data-session-id=theirs]')).toHaveCount(0);
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('a refused command says why, and goes away', async ({ tab }) => {
  await tab.send('hello');
  await tab.ended(1);
  const message = tab.page.locator('[data-testid=message][data-role=user]');
  await tab.send('/shell {"command": "while [ ! -e go ]; do sleep 0.05; done"}');
  await expect(tab.cards).toHaveAttribute('data-state', 'executing');
  await message.first().hover();
  await message.first().getByTestId('message-edit').click();
  await tab.by('message-editor').fill('changed');
  await tab.by('message-editor-save').click();
  await expect(tab.by('notice')).toContainText('Editing: A reply is open.');
  await tab.screenshot('29-refused');
  await tab.by('notice').getByRole('button', { name: 'Dismiss' }).click();
  await expect(tab.by('notice')).toHaveCount(0);
  await tab.by('batch-cancel').click();
  await tab.ended(2);
  expect(tab.errors).toEqual([]);
});

test('an address without a session leads to one', async ({ tab, gateway }) => {
  await tab.page.goto(`${gateway.address}/nowhere/at/all`);
  await tab.live();
  await expect(tab.page).toHaveURL(/\/s\/[0-9a-z]+$/);
  expect(tab.errors).toEqual([]);
});

test('the end of long work is notified of while the tab is hidden, and not otherwise', async ({ gateway, context }) => {
  await context.addInitScript(() => {
    const shown: string[] = [];
    class FakeNotification {
      static permission = 'default';
      static requestPermission() {
        FakeNotification.permission = 'granted';
        return Promise.resolve('granted');
      }
      constructor(title: string, options: { body: string }) {
        shown.push(`${title}: ${options.body}`);
      }
    }
    Object.assign(window, { Notification: FakeNotification, shownNotifications: shown });
  });
  const tab = new ConsolePage(await context.newPage());
  await tab.open(gateway.address);
  const shown = () =>
    tab.page.evaluate(() => (window as unknown as { shownNotifications: string[] }).shownNotifications);
  await tab.by('notify').click();
  await expect(tab.by('notify')).toHaveCount(0);
  await tab.by('session-settings').click();
  await tab.by('approve-every').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);

  await tab.send('/computer {}');
  await expect(tab.cards).toHaveAttribute('data-state', 'awaiting_approval');
  expect(await shown()).toEqual([]);

  await tab.page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
  await tab.send('/computer {}');
  await tab.by('tool-approve').click();
  await expect.poll(shown).toEqual(['A tool needs approval: computer']);
  expect(tab.errors).toEqual([]);
});
