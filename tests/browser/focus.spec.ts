import type { Locator } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

/** The nearest of these around what has the focus. */
const focusIn = (within: Locator) =>
  expect.poll(() => within.evaluate((element) => element.contains(document.activeElement))).toBe(true);

async function press(target: Locator): Promise<void> {
  await target.focus();
  await target.press('Enter');
}

const wait = '/shell {"command": "while [ ! -e go ]; do sleep 0.05; done"}';

test('the focus stays where the reader is after each action', async ({ tab, model }) => {
  // Cancelling one tool: its card.
  await tab.send(wait, wait, '/computer {}');
  await expect(tab.cards.nth(1)).toHaveAttribute('data-state', 'executing');
  await press(tab.cards.nth(0).getByTestId('tool-cancel'));
  await expect(tab.cards.nth(0)).toHaveAttribute('data-state', 'cancelled');
  await focusIn(tab.cards.nth(0));

  // Pausing and resuming: the button that took its place; cancelling all: the bar.
  await press(tab.by('batch-pause'));
  await expect(tab.by('batch-resume')).toBeVisible();
  await focusIn(tab.by('batch-bar'));
  await press(tab.by('batch-resume'));
  await expect(tab.by('batch-pause')).toBeVisible();
  await focusIn(tab.by('batch-bar'));
  await press(tab.by('batch-cancel'));
  await expect(tab.by('batch-bar')).toHaveAttribute('data-state', 'cancelled');
  await focusIn(tab.by('batch-bar'));
  await tab.ended(1);

  // Stopping a reply: the reply.
  await tab.sendTo('openai/any', 'go');
  await model.asked();
  await press(tab.by('message-cancel'));
  await tab.ended(2);
  await focusIn(tab.reply);
  await tab.by('model').fill('');

  // Sending: the field, for the next one.
  await tab.by('composer').fill('hello');
  await press(tab.by('send'));
  await expect(tab.by('composer')).toBeFocused();
  await tab.ended(3);

  // Deleting a message: what is left of it.
  const first = tab.by('message').first();
  await press(first.getByTestId('message-delete'));
  await press(tab.by('confirm-do'));
  await expect(tab.by('confirm')).toHaveCount(0);
  await expect(first).toContainText('Deleted');
  await focusIn(first);

  // Editing, and leaving the editor.
  const user = tab.page.locator('[data-testid=message][data-role=user]').last();
  await press(user.getByTestId('message-edit'));
  await tab.by('message-editor').fill('hello there');
  await press(tab.by('message-editor-save'));
  await focusIn(user);

  // Back to the end: the button goes, and the focus stays in the conversation's frame.
  await tab.page.setViewportSize({ width: 1280, height: 420 });
  await tab.by('feed').focus();
  await tab.page.keyboard.press('Home');
  await expect(tab.by('to-end')).toBeVisible();
  await press(tab.by('to-end'));
  await expect(tab.by('to-end')).toHaveCount(0);
  await expect.poll(() => tab.page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');

  // A notice that is dismissed, a dialog that is closed.
  await press(tab.by('session-share'));
  await tab.page.keyboard.press('Escape');
  await expect(tab.by('session-share')).toBeFocused();
  expect(tab.errors).toEqual([]);
});

test('the focus stays in the batch when one of its calls is approved or denied', async ({ tab }) => {
  await tab.by('session-settings').click();
  await tab.by('approve-every').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.send('/computer {}', '/computer {}');
  await expect(tab.by('tool-approve')).toHaveCount(2);
  await press(tab.by('tool-approve').first());
  await expect(tab.by('tool-approve')).toHaveCount(1);
  await expect.poll(() => tab.page.evaluate(() => document.activeElement?.closest('.batch') !== null)).toBe(true);
  await press(tab.by('tool-deny'));
  await tab.ended(1);
  await expect.poll(() => tab.page.evaluate(() => document.activeElement?.closest('.batch') !== null)).toBe(true);
  expect(tab.errors).toEqual([]);
});
