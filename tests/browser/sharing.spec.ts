import { AxeBuilder } from '@axe-core/playwright';
import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const token = 'ghp_0123456789abcdefghijABCDEFGHIJ';

async function opened(tab: ConsolePage): Promise<void> {
  await expect(tab.by('replay')).toHaveAttribute('data-ready', 'true');
  await expect(tab.by('replay')).toHaveAttribute('data-whole', 'true');
}

test('a link shows the replay to somebody without a key, redacted and alone, until it is revoked', async ({
  tab,
  context,
  browser,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.send(`/shell ${JSON.stringify({ command: `echo begin; echo "key ${token} end"; sleep 0.2; echo last` })}`);
  await tab.ended(1);
  await tab.by('session-replay').click();
  await opened(tab);
  await tab.page.keyboard.press('End');

  await tab.by('replay-share').click();
  await tab.by('share-replay-label').fill('for Bob');
  await tab.by('share-replay-expiry').selectOption({ label: 'In a day' });
  await tab.by('share-replay-open').check();
  await tab.by('share-replay-make').click();
  await expect(tab.by('share-replay-item')).toHaveCount(1);
  await expect(tab.by('share-replay-item')).toContainText('for Bob');
  await tab.by('share-replay-copy').click();
  const link = await tab.page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(await tab.by('share-replay-link').inputValue());
  await tab.screenshot('60-share-dialog');
  const found = await new AxeBuilder({ page: tab.page }).include('[data-testid=share-replay]').analyze();
  expect(found.violations.map(({ id }) => id)).toEqual([]);

  const guests = await browser.newContext();
  const guest = new ConsolePage(await guests.newPage());
  const asked: string[] = [];
  guest.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await guest.page.goto(link);
  await opened(guest);
  await expect(guest.by('replay-card')).toContainText('key [redacted] end');
  await expect(guest.by('replay-card')).not.toContainText('0123456789');
  await expect(guest.by('shared-until')).toBeVisible();
  await expect(guest.by('replay-share')).toHaveCount(0);
  await expect(guest.by('sign-in')).toHaveCount(0);
  expect(asked.filter((path) => path.startsWith('/v1/') && !path.startsWith('/v1/shared/'))).toEqual([]);
  await guest.screenshot('61-shared-replay');
  const download = guest.page.waitForEvent('download');
  await guest.by('replay-cast').click();
  expect((await download).suggestedFilename()).toBe('shared.cast');
  const seen = await new AxeBuilder({ page: guest.page }).analyze();
  expect(seen.violations.map(({ id }) => id)).toEqual([]);

  await tab.by('share-replay-revoke').click();
  await expect(tab.by('share-replay-item')).toHaveCount(0);
  await guest.page.reload();
  await expect(guest.by('shared-problem')).toContainText('expired, was revoked');
  await guest.screenshot('62-shared-gone');
  await guests.close();
  expect(tab.errors).toEqual([]);
});

test('a link up to a moment shows nothing of what came after', async ({ tab, browser }) => {
  await tab.send('/shell {"command":"echo first"}');
  await tab.ended(1);
  await tab.send('/shell {"command":"echo second"}');
  await tab.ended(2);
  await tab.by('session-replay').click();
  await opened(tab);
  await tab.by('replay-lanes').locator('.lane-bar').last().click();
  await tab.by('replay-share').click();
  await tab.by('share-replay-range').selectOption({ label: 'Up to the moment that is shown now' });
  await tab.by('share-replay-make').click();
  const link = await tab.by('share-replay-link').inputValue();

  const guests = await browser.newContext();
  const guest = new ConsolePage(await guests.newPage());
  await guest.page.goto(link);
  await opened(guest);
  await guest.page.keyboard.press('End');
  await expect(guest.by('replay-card').first()).toContainText('first');
  await expect(guest.by('replay-card')).toHaveCount(2);
  await expect(guest.by('replay-card').last()).toHaveAttribute('data-state', 'executing');
  await expect(guest.by('replay-card').last().getByTestId('tool-output')).toHaveCount(0);
  await guests.close();
});
