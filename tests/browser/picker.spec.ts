import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './support/fixtures.ts';

test('a tool is chosen by a slash, its form filled in, and its output comes', async ({ tab }) => {
  const { keyboard } = tab.page;
  // The list is scrolled by the arrow keys of the field that it belongs to, which axe believes of a combobox only.
  const axe = async () => {
    const builder = new AxeBuilder({ page: tab.page }).disableRules(['scrollable-region-focusable']);
    return (await builder.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };
  await tab.by('composer').focus();
  await keyboard.type('/');
  await expect(tab.page.locator('[data-testid=tool-option][data-tool=file_write]')).toBeVisible();
  expect(await axe()).toEqual([]);
  await keyboard.type('shel');
  // Named before those whose description holds it.
  await expect(tab.by('tool-option').first()).toHaveAttribute('data-tool', 'shell');
  await expect(tab.page.locator('[data-testid=tool-option][data-tool=file_write]')).toHaveCount(0);
  await keyboard.press('Enter');
  await expect(tab.by('tool-form')).toHaveAttribute('data-tool', 'shell');
  await expect(tab.page.getByLabel('Command')).toBeFocused();
  await keyboard.press('Enter');
  await expect(tab.by('tool-form-problem')).toHaveText('Is required.');
  await keyboard.type('echo "$GREETING, form"');
  await tab.by('tool-form-more').locator('summary').click();
  await tab.page.locator('[data-path="/environment"]').getByTestId('tool-form-add').click();
  await keyboard.type('GREETING');
  await keyboard.press('Tab');
  await keyboard.type('Hello');
  expect(await axe()).toEqual([]);

  await tab.by('tool-picker-add').click();
  await keyboard.type('file_write');
  await keyboard.press('Enter');
  await tab.page.getByLabel('Path').fill('notes/a.md');
  await tab.page.getByLabel('Content').fill('one\ntwo\n');
  await tab.screenshot('37-picker');
  await tab.by('tool-picker-run').click();
  await expect(tab.by('tool-picker')).toHaveCount(0);
  await expect(tab.output(tab.cards.nth(0))).toHaveText('Hello, form\n');
  await expect(tab.by('batch-summary')).toContainText('2 of 2 tools successful');
  await expect(tab.cards.nth(1).getByTestId('result-diff')).toContainText('two');

  await tab.cards.nth(1).getByTestId('tool-change').click();
  await expect(tab.page.getByLabel('Content')).toHaveValue('one\ntwo\n');
  await tab.page.getByLabel('Content').fill('one\n2\n');
  await tab.by('tool-picker-run').click();
  const diff = tab.cards.nth(2).getByTestId('result-diff');
  await expect(diff.locator('tr[data-kind=out]')).toContainText('two');
  await expect(diff.locator('tr[data-kind=in]')).toContainText('2');
  expect(await axe()).toEqual([]);
  expect(tab.errors).toEqual([]);
});
