import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

test('sessions are begun, switched, found again elsewhere and taken off the list', async ({
  tab,
  gateway,
  browser,
}) => {
  await tab.send('the first');
  await tab.ended(1);
  await tab.by('session-new').click();
  await expect(tab.by('welcome')).toBeVisible();
  await tab.live();
  await tab.send('the second');
  await tab.ended(1);
  const items = tab.by('session-item');
  await expect(items).toHaveCount(2);
  await expect(items.nth(0)).toHaveAttribute('aria-current', 'page');
  await expect(items.nth(0)).toContainText('the second');

  await items.nth(1).click();
  await tab.live();
  await expect(tab.by('message-text').first()).toHaveText('the first');
  await expect(tab.page).toHaveTitle('the first · Tool runtime');
  await tab.page.goBack();
  await tab.live();
  await expect(tab.by('message-text').first()).toHaveText('the second');

  // Another browser of the same user learns of them from the server.
  const elsewhere = new ConsolePage(await (await browser.newContext()).newPage());
  await elsewhere.open(gateway.address);
  await expect(elsewhere.by('session-item')).toHaveCount(3);

  const mine = tab.page.locator('[data-testid=session-item][aria-current]');
  const other = tab.page.locator('.session:not([data-current=true])').filter({ hasText: 'the first' });
  const taken = items.filter({ hasText: 'the first' });
  await other.hover();
  await other.getByTestId('session-forget').click();
  await expect(taken).toHaveCount(0);
  await elsewhere.page.goto(`${gateway.address}/s/${tab.session}`);
  await elsewhere.live();
  await elsewhere.send('/shell sleep 1000');
  await expect(mine).toHaveAttribute('data-activity', 'running');
  await tab.page.reload();
  await tab.live();
  await expect(taken).toHaveCount(0);

  // A name is for everybody, and stays; what only one browser wrote does not leave it before it is sent.
  await elsewhere.by('session-rename').click({ force: true });
  await elsewhere.by('session-title-field').fill('Release notes');
  await elsewhere.page.keyboard.press('Enter');
  await expect(tab.by('session-title')).toHaveText('Release notes');
  await expect(mine).toContainText('Release notes');
  await tab.screenshot('26-titles');
  await tab.by('composer').fill('half a thought');
  await tab.page.reload();
  await expect(tab.by('composer')).toHaveValue('half a thought');
  expect([...tab.errors, ...elsewhere.errors]).toEqual([]);
});

test('a session is shared with others and taken back', async ({ tab }) => {
  await tab.by('session-share').click();
  await expect(tab.by('share-names')).toBeFocused();
  await tab.by('share-names').fill('bob, carol');
  await tab.by('share-add').click();
  await expect(tab.by('share-member')).toHaveText(['bob', 'carol']);
  await expect(tab.by('share-names')).toHaveValue('');
  await tab.screenshot('23-share');
  await tab.page.getByRole('button', { name: 'Remove bob' }).click();
  await expect(tab.by('share-member')).toHaveText(['carol']);

  await tab.by('share-names').fill('not-a/name');
  await tab.page.keyboard.press('Enter');
  await expect(tab.by('refusal')).toBeVisible();
  await tab.page.keyboard.press('Escape');
  await expect(tab.by('share')).toHaveCount(0);
  await expect(tab.by('session-share')).toBeFocused();
  await expect(tab.by('session-people')).toContainText('shared with 1');
  expect(tab.errors).toEqual([]);
});

test('others see that somebody types, until it is sent', async ({ tab, context }) => {
  const other = new ConsolePage(await context.newPage());
  await other.open(tab.page.url());
  await tab.by('composer').pressSequentially('hel');
  await expect(other.by('typing')).toContainText('typing');
  await expect(tab.by('typing')).toBeEmpty();
  await tab.by('composer').press('Enter');
  await expect(other.by('typing')).toBeEmpty();
  await other.ended(1);

  await tab.by('composer').pressSequentially('no');
  await expect(other.by('typing')).toContainText('typing');
  await tab.by('composer').fill('');
  await expect(other.by('typing')).toBeEmpty();
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('a session is reset, for every tab of it; its settings stay', async ({ tab, context }) => {
  await tab.by('session-settings').click();
  await tab.by('approve-every').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.send('hello');
  await tab.ended(1);
  const other = new ConsolePage(await context.newPage());
  await other.open(tab.page.url());
  await expect(other.replies).toHaveCount(1);

  await tab.by('session-reset').click();
  await tab.screenshot('24-reset');
  await tab.by('confirm-do').click();
  for (const each of [tab, other]) await expect(each.by('welcome')).toBeVisible();
  await tab.page.reload();
  await tab.live();
  await expect(tab.by('welcome')).toBeVisible();
  await tab.by('session-settings').click();
  await expect(tab.by('approve-every')).toBeChecked();
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('a session is deleted, after a question, and another one begins', async ({ tab, context }) => {
  await tab.send('hello');
  await tab.ended(1);
  const { session } = tab;
  const url = tab.page.url();
  const other = new ConsolePage(await context.newPage());
  await other.open(url);
  await tab.by('session-delete').click();
  await tab.page.keyboard.press('Escape');
  await expect(tab.by('confirm')).toHaveCount(0);
  await expect(tab.replies).toHaveCount(1);

  await tab.by('session-delete').click();
  await tab.by('confirm-do').click();
  await expect(tab.by('welcome')).toBeVisible();
  await expect(tab.page).not.toHaveURL(url);
  await tab.live();
  await expect(tab.by('session-item')).toHaveCount(1);
  const listed = await tab.get('/v1/sessions');
  expect(JSON.stringify(await listed.json())).not.toContain(session);

  // Whoever else has it open is told, and it does not come back by itself.
  await expect(other.by('session-deleted')).toBeVisible();
  await expect(other.by('composer')).toHaveCount(0);
  await other.screenshot('33-deleted');
  await other.by('new-instead').click();
  await other.live();
  await expect(other.by('welcome')).toBeVisible();
  expect([...tab.errors, ...other.errors]).toEqual([]);
});

test('a deleted message is nowhere any more: not in the list, the storage, nor with its tools', async ({ tab }) => {
  await tab.send('/shell echo secret-plans');
  await tab.ended(1);
  const items = tab.by('session-item');
  await expect(items).toContainText('secret-plans');
  for (const message of [1, 0]) {
    await tab.by('message').nth(message).hover();
    await tab.by('message').nth(message).getByTestId('message-delete').click();
    await tab.by('confirm-do').click();
    await expect(tab.by('message').nth(message)).toContainText('Deleted');
  }
  await expect(tab.cards).toHaveCount(0);
  await expect(items).not.toContainText('secret-plans');
  await tab.page.reload();
  await tab.live();
  expect(await tab.page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('secret');
  expect(await tab.page.content()).not.toContain('secret');
  const events = await tab.get(`/v1/sessions/${tab.session}/events?after=start&limit=1000`);
  expect(await events.text()).not.toContain('secret');
  expect(tab.errors).toEqual([]);
});
