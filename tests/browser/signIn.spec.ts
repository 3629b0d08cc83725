import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';
import { Gateway } from './support/gateway.ts';

test('a server with keys: sign in with one, work, and sign out in every tab', async ({ page, context }) => {
  const { key, entry } = Gateway.newKey('acme', 'ann');
  const folder = mkdtempSync(join(tmpdir(), 'toolruntime-keys-'));
  writeFileSync(join(folder, 'keys.json'), entry);
  const gateway = new Gateway('--ToolRuntime:Access:File', join(folder, 'keys.json'));
  try {
    await gateway.start();
    await page.goto(gateway.address);
    const tab = new ConsolePage(page);
    await expect(tab.by('sign-in')).toBeVisible();
    await expect(tab.by('sign-in-key')).toBeFocused();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

    await tab.by('sign-in-key').fill(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`);
    await tab.by('sign-in-key').press('Enter');
    await expect(tab.by('sign-in-problem')).toContainText('does not know this key');

    await tab.by('sign-in-key').fill(key);
    await tab.by('sign-in-key').press('Enter');
    await tab.live();
    await tab.send('/shell {"command": "echo signed in"}');
    await expect(tab.output(tab.cards)).toHaveText('signed in\n');
    expect((await context.cookies()).map((c) => [c.httpOnly, c.sameSite, c.value.includes(key)])).toEqual([
      [true, 'Strict', false],
    ]);

    const second = new ConsolePage(await context.newPage());
    await second.open(`${gateway.address}/s/${tab.session}`);
    await tab.by('sign-out').click();
    for (const left of [tab, second]) {
      await expect(left.by('sign-in')).toBeVisible();
      await expect(left.page.getByText('signed in')).toHaveCount(0);
    }
    expect(await context.cookies()).toEqual([]);
  } finally {
    await gateway.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
