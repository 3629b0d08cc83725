import { expect, test } from './support/fixtures.ts';

const endless = '/shell {"command": "while :; do echo tick; sleep 0.1; done"}';

test('a batch is paused and goes on', async ({ tab }) => {
  await tab.send('/shell {"command": "while [ ! -e go ]; do sleep 0.05; done; echo went"}', endless);
  const [waits, ticks] = [tab.cards.nth(0), tab.cards.nth(1)];
  await expect(tab.output(ticks)).toContainText('tick');

  await tab.by('batch-pause').click();
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', 'paused');
  for (const card of [waits, ticks]) await expect(card.getByTestId('tool-status')).toHaveText('Paused');

  await tab.by('batch-resume').click();
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', 'executing');
  const before = (await tab.output(ticks).innerText()).length;
  await expect.poll(async () => (await tab.output(ticks).innerText()).length).toBeGreaterThan(before);
  await tab.by('batch-timeline').click();
  await expect(tab.by('timeline').locator('[data-kind=suspended]').first()).toBeVisible();
  await tab.by('batch-cancel').click();
  await tab.ended(1);
  expect(tab.errors).toEqual([]);
});

test('tools that need approval are set, approved and denied', async ({ tab }) => {
  await tab.by('session-settings').click();
  await tab.page.locator('[data-testid=approve-tool][data-tool=shell]').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await expect(tab.by('session-settings')).toBeFocused();

  await tab.send('/shell {"command": "echo yes"}', '/shell {"command": "echo no"}', '/computer {}');
  await expect(tab.cards.nth(2)).toHaveAttribute('data-state', 'completed');
  for (const i of [0, 1]) await expect(tab.cards.nth(i)).toHaveAttribute('data-state', 'awaiting_approval');
  await expect(tab.by('batch-status')).toHaveText('2 need approval');
  await expect(tab.by('batch-expires')).toHaveText(/^expires in (59:\d\d|1:00:00)$/);
  await expect(tab.page).toHaveTitle(/^\(2 to approve\) /);
  await expect(tab.page.locator('[data-testid=session-item][aria-current]')).toHaveAttribute(
    'data-activity',
    'waiting',
  );
  await tab.screenshot('20-approval');

  await tab.cards.nth(0).getByTestId('tool-approve').click();
  await expect(tab.cards.nth(0)).toHaveAttribute('data-state', 'completed');
  await expect(tab.output(tab.cards.nth(0))).toHaveText('yes\n');
  await tab.cards.nth(1).getByLabel('Reason (optional)').fill('not today');
  await tab.cards.nth(1).getByTestId('tool-deny').click();
  await expect(tab.cards.nth(1).getByTestId('tool-error')).toHaveAttribute('data-code', 'denied');
  await expect(tab.cards.nth(1).getByTestId('tool-error')).toContainText('not today');
  await expect(tab.cards.nth(1).getByTestId('tool-status')).toHaveText('Denied');
  await expect(tab.by('batch-status')).toHaveText('Partly denied');
  await tab.ended(1);

  await tab.page.reload();
  await tab.live();
  await tab.by('session-settings').click();
  await expect(tab.page.locator('[data-testid=approve-tool][data-tool=shell]')).toBeChecked();
  await tab.by('approve-every').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.send('/computer {}');
  await expect(tab.cards.nth(3)).toHaveAttribute('data-state', 'awaiting_approval');
  await tab.cards.nth(3).getByTestId('tool-deny').click();
  await tab.ended(2);
  expect(tab.errors).toEqual([]);
});

test('other parameters are set and removed, and what is no JSON is not sent', async ({ tab }) => {
  const others = tab.by('settings-others');
  const open = async () => {
    await tab.by('session-settings').click();
    await tab.page.getByText('Other parameters').click();
  };
  await open();
  await others.fill('{"team": ');
  await expect(tab.by('refusal')).toBeVisible();
  await expect(tab.by('settings-save')).toBeDisabled();
  await others.fill('{"team": "blue", "level": 3}');
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);

  await open();
  expect(JSON.parse(await others.inputValue())).toEqual({ level: 3, team: 'blue' });
  await others.fill('{"level": 4}');
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.page.reload();
  await tab.live();
  await open();
  expect(JSON.parse(await others.inputValue())).toEqual({ level: 4 });
  expect(tab.errors).toEqual([]);
});

test('a command that reads is typed into, and only such a one', async ({ tab }) => {
  await tab.send(
    '/shell {"command": "while read -r line; do echo got $line; done; echo over", "input": true}',
    '/shell {"command": "while [ ! -e go ]; do sleep 0.05; done"}',
  );
  const [reads, waits] = [tab.cards.nth(0), tab.cards.nth(1)];
  await expect(waits).toHaveAttribute('data-state', 'executing');
  await reads.getByTestId('tool-input-open').click();
  await expect(waits.getByTestId('tool-input-open')).toHaveCount(0);
  const field = reads.getByTestId('tool-input');
  await expect(field).toBeFocused();
  await field.pressSequentially('one');
  await field.press('Enter');
  await expect(tab.output(reads)).toHaveText('got one\n');
  await field.fill('two');
  await reads.getByTestId('tool-input-send').click();
  await expect(tab.output(reads)).toHaveText('got one\ngot two\n');
  await reads.getByTestId('tool-input-end').click();
  await expect(tab.output(reads)).toHaveText('got one\ngot two\nover\n');
  await expect(reads).toHaveAttribute('data-state', 'completed');
  await tab.by('batch-cancel').click();
  await tab.ended(1);
  expect(tab.errors).toEqual([]);
});

test('a message is edited and deleted, after a question', async ({ tab }) => {
  await tab.send('hello');
  await tab.ended(1);
  const mine = tab.page.locator('[data-testid=message][data-role=user]');
  await mine.hover();
  await mine.getByTestId('message-edit').click();
  await tab.by('message-editor').fill('hello again');
  await tab.by('message-editor-save').click();
  await expect(mine.getByTestId('message-text')).toHaveText('hello again');
  await expect(mine).toContainText('edited');
  await expect(mine.getByTestId('message-edit')).toBeFocused();

  await mine.getByTestId('message-edit').click();
  await tab.by('message-editor').fill('never mind');
  await tab.page.keyboard.press('Escape');
  await expect(mine.getByTestId('message-text')).toHaveText('hello again');

  await mine.getByTestId('message-delete').click();
  await tab.by('confirm-cancel').click();
  await expect(mine.getByTestId('message-text')).toHaveText('hello again');
  await mine.getByTestId('message-delete').click();
  await tab.by('confirm-do').click();
  await expect(mine.getByText('Deleted')).toBeVisible();
  await tab.page.reload();
  await tab.live();
  await expect(mine.getByText('Deleted')).toBeVisible();
  expect(tab.errors).toEqual([]);
});

test('a model is chosen for a message and for a session; what it fails is asked again; its Markdown streams', async ({
  tab,
  model,
}) => {
  model.overloaded = 'No such luck.';
  await tab.sendTo('openai/first', 'hi');
  await expect(tab.reply).toHaveAttribute('data-state', 'error');
  await expect(tab.by('message-error')).toContainText('overloaded');
  await tab.screenshot('21-model-error');

  model.overloaded = undefined;
  await tab.by('message-retry').click();
  const again = await model.asked();
  expect(again.model).toBe('first');
  again.says('# Title\n\nSome **bold');
  await expect(tab.reply.locator('h3')).toHaveText('Title');
  await expect(tab.reply).toHaveAttribute('data-state', 'active');
  again.says('** text\n\n```js\nconst x');
  await expect(tab.reply.locator('strong')).toHaveText('bold');
  await expect(tab.reply.locator('pre')).toHaveText('const x');
  again.says(' = 1;\n```\n');
  again.ends();
  await tab.ended(1);
  await expect(tab.reply.locator('pre')).toHaveText('const x = 1;');
  await expect(tab.reply).toContainText('openai/first');

  await tab.by('model').fill('');
  await tab.by('session-settings').click();
  await tab.by('settings-model').fill('openai/second');
  await tab.by('settings-save').click();
  await expect(tab.by('model')).toHaveAttribute('placeholder', 'openai/second');
  await tab.send('and now?');
  const second = await model.asked();
  expect(second.model).toBe('second');
  second.ends();
  await tab.ended(2);
  await tab.by('model').click();
  await expect(tab.by('model-options')).toContainText('openai/first');
  await expect(tab.by('model-options')).toContainText('openai/second');
  await tab.by('model').press('Escape');
  await expect(tab.by('model-options')).toHaveCount(0);

  await tab.sendTo('openai/third', 'stop me');
  const third = await model.asked();
  third.says('Well');
  await expect(tab.reply).toContainText('Well');
  await tab.by('message-cancel').click();
  await expect(tab.reply).toHaveAttribute('data-state', 'cancelled');

  await tab.send('for good');
  (await model.asked()).fails(400, 'Never.');
  await expect(tab.reply).toHaveAttribute('data-state', 'error');
  await expect(tab.reply.getByTestId('message-error')).toContainText('Never.');
  await expect(tab.reply.getByTestId('message-retry')).toHaveCount(0);
  expect(tab.errors).toEqual([]);
});

test('tools are approved all at once, by key, and one of them for good', async ({ tab }) => {
  await tab.by('session-settings').click();
  await tab.by('approve-every').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.send('/shell echo a', '/shell echo b');
  await expect(tab.by('batch-status')).toHaveText('2 need approval');
  await tab.by('batch-approve-all').click();
  await tab.ended(1);

  await tab.send('/shell echo c', '/computer');
  await expect(tab.by('batch-status').last()).toHaveText('2 need approval');
  await tab.page.locator('body').press('Tab');
  await tab.by('feed').focus();
  await tab.page.keyboard.press('a');
  await expect(tab.by('tool-approve').first()).toBeFocused();
  await tab.page.keyboard.press('a');
  await expect(tab.cards.nth(2)).toHaveAttribute('data-state', 'completed');
  await expect(tab.by('tool-approve')).toBeFocused();
  await tab.by('tool-approve-always').click();
  await tab.ended(2);
  await tab.send('/computer');
  await tab.ended(3);
  await expect(tab.cards.nth(4)).toHaveAttribute('data-state', 'completed');

  await tab.by('session-settings').click();
  await expect(tab.by('granted')).toHaveText('computer');
  await tab.screenshot('25-granted');
  await tab.by('granted-remove').click();
  await tab.by('settings-save').click();
  await tab.send('/computer');
  await expect(tab.by('batch-status').last()).toHaveText('1 needs approval');
  expect(tab.errors).toEqual([]);
});

test('a reply is paused: its tools wait, and so does its next round, also over a reload', async ({ tab, model }) => {
  await tab.sendTo('openai/any', 'go');
  const first = await model.asked();
  first.says('Let me look.');
  await expect(tab.reply).toContainText('Let me look.');
  await tab.by('message-pause').click();
  await expect(tab.by('message-state')).toHaveAttribute('data-paused', 'true');
  first.calls('shell', { command: 'echo looked' });
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', 'paused');
  await expect(tab.cards).toHaveAttribute('data-state', 'pending');

  await tab.page.reload();
  await tab.live();
  await expect(tab.by('message-state')).toHaveText(/^Paused/);
  await tab.by('batch-resume').click();
  await expect(tab.output(tab.cards)).toHaveText('looked\n');
  const second = await model.asked();
  second.says('There it is.');
  second.ends();
  await tab.ended(1);
  await expect(tab.reply).toContainText('There it is.');
  expect(tab.errors).toEqual([]);
});

test('a model that is not there leaves the message unsent, to be changed', async ({ tab }) => {
  await tab.sendTo('nobody', '/computer {}');
  const failed = tab.by('outgoing-message');
  await expect(failed).toHaveAttribute('data-state', 'failed');
  await expect(failed).toContainText("There is no model 'nobody'.");
  await tab.by('outgoing-change').click();
  await expect(failed).toHaveCount(0);
  await expect(tab.by('composer')).toHaveValue('/computer {}');
  await expect(tab.by('composer')).toBeFocused();
  await tab.by('model').fill('');
  await tab.by('send').click();
  await tab.ended(1);
  await expect(tab.cards).toHaveAttribute('data-state', 'completed');
  expect(tab.errors).toEqual([]);
});

test('the whole output is read in a terminal, coloured, and closed by key', async ({ tab }) => {
  await tab.send('/shell {"command": "printf \'\\\\033[31mred\\\\033[0m plain\\\\n\'"}');
  await tab.ended(1);
  const red = tab.output(tab.cards).locator('span[style]');
  await expect(red).toHaveText('red');
  const open = tab.by('tool-terminal-open');
  await open.click();
  await expect(tab.by('terminal-screen').locator('.screen-text')).toContainText('red plain');
  await tab.screenshot('22-terminal');
  await tab.page.keyboard.press('Escape');
  await expect(tab.by('terminal')).toHaveCount(0);
  await expect(open).toBeFocused();
  expect(tab.errors).toEqual([]);
});
