import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './support/fixtures.ts';

test('Ctrl-K finds output of another session as one types, and leads to its card', async ({ tab, gateway }) => {
  const { page } = tab;
  const { keyboard } = page;
  await tab.send(
    '/shell {"command":"for i in 1 2 3; do echo row $i; done; echo \'<img src=x onerror=alert(1)> needle here\'"}',
  );
  await tab.ended(1);
  const first = tab.session;
  await tab.send('a second message about other things');
  await tab.ended(2);
  await tab.open(`${gateway.address}/s/elsewhere`);

  await keyboard.press('Control+k');
  await expect(tab.by('search-field')).toBeFocused();
  await keyboard.type('row');
  await expect(tab.by('search-hit').first()).toBeVisible();
  await page.keyboard.press('Control+a');
  await keyboard.type('needle he');
  const output = page.locator('[data-testid=search-hit][data-kind=output]');
  await expect(output).toHaveCount(1);
  await expect(output.locator('mark')).toHaveText(['needle', 'here']);
  await expect(output).toContainText('<img src=x onerror=alert(1)>');
  await expect(output).toContainText('line 4');
  await expect(tab.by('search-status')).toContainText('the best first');
  // The list is scrolled by the arrow keys of the field that it belongs to, which axe believes of a combobox only.
  const axe = new AxeBuilder({ page }).disableRules(['scrollable-region-focusable']);
  expect((await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await tab.screenshot('60-search');

  while ((await output.getAttribute('aria-selected')) !== 'true') await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(tab.by('search-dialog')).toHaveCount(0);
  await tab.live();
  expect(tab.session).toBe(first);
  await expect(tab.cards.first()).toBeInViewport();
  await expect(tab.cards.first().locator('.card-fold')).toBeFocused();

  await keyboard.press('Control+k');
  await keyboard.type('"unheard of"');
  await expect(tab.by('search-status')).toHaveText('Nothing was found.');
  await keyboard.press('Escape');
  await expect(tab.by('search-dialog')).toHaveCount(0);
  expect(tab.errors).toEqual([]);
});
