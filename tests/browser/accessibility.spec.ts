import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { ConsolePage } from './support/consolePage.ts';
import { expect, test } from './support/fixtures.ts';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong, one line each. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(rules).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

const controls = ['button', 'link', 'textbox', 'combobox', 'checkbox', 'DisclosureTriangle', 'progressbar', 'listbox'];

/** The roles and names of all controls, as Chromium computes them for those who do not see the page. */
async function namesOfControls(page: Page): Promise<[string, string][]> {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = (await devtools.send('Accessibility.getFullAXTree')) as unknown as { nodes: AxNode[] };
  await devtools.detach();
  return nodes
    .filter((node) => !node.ignored && controls.includes(node.role?.value ?? ''))
    .map((node) => [node.role?.value ?? '', node.name?.value ?? '']);
}

async function expectAccessible(tab: ConsolePage): Promise<void> {
  expect(await violations(tab.page)).toEqual([]);
  expect((await namesOfControls(tab.page)).filter(([, name]) => name.trim() === '')).toEqual([]);
}

/** One of everything: running, ended, failed, cancelled, waiting for approval, waiting for input, with all that can be opened. */
async function fill(tab: ConsolePage): Promise<void> {
  await tab.by('session-settings').click();
  await tab.page.locator('[data-testid=approve-tool][data-tool=file_list]').check();
  await tab.by('settings-save').click();
  await expect(tab.by('settings')).toHaveCount(0);
  await tab.send('hello');
  await tab.ended(1);
  await tab.send(
    '/shell {"command": "printf \'\\\\033[31mred\\\\033[0m \\\\033[44mblue\\\\033[0m\\\\n\'; while [ ! -e go ]; do sleep 0.05; done"}',
    '/shell {"command": "cat", "input": true}',
    '/shell {"command": "echo wrong >&2; exit 3"}',
    '/file_write {"path": "a.txt", "content": "a"}',
    '/file_list {}',
    '/shell {"command": "sleep 1000"}',
  );
  await expect(tab.output(tab.cards.nth(0))).toContainText('red');
  await expect(tab.cards.nth(2)).toHaveAttribute('data-state', 'failed');
  await expect(tab.cards.nth(3)).toHaveAttribute('data-state', 'completed');
  await expect(tab.cards.nth(4)).toHaveAttribute('data-state', 'awaiting_approval');
  await tab.cards.nth(1).getByTestId('tool-input-open').click();
  await tab.cards.nth(5).getByTestId('tool-cancel').click();
  await expect(tab.cards.nth(5)).toHaveAttribute('data-state', 'cancelled');
  await tab.by('batch-timeline').click();
  await tab.cards.nth(3).locator('summary').click();
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: axe finds nothing, and every control has a name`, async ({ tab }) => {
    await tab.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(tab);
    await fill(tab);
    await expectAccessible(tab);
    await tab.screenshot(`31-all-${colorScheme}`);

    for (const what of ['share', 'settings', 'reset', 'delete']) {
      await tab.by(`session-${what}`).click();
      await expect(tab.page.getByRole('dialog')).toBeVisible();
      await expectAccessible(tab);
      await tab.page.keyboard.press('Escape');
      await expect(tab.page.getByRole('dialog')).toHaveCount(0);
    }
    await tab.cards.nth(0).getByTestId('tool-terminal-open').click();
    await expect(tab.by('terminal-screen').locator('.screen-text')).toContainText('red');
    await tab.page.keyboard.press('Escape');

    await tab.page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(tab);
    expect(await tab.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await tab.screenshot(`32-phone-${colorScheme}`);
    await tab.by('session-list-toggle').click();
    await expect(tab.by('session-new')).toBeInViewport();
    await expectAccessible(tab);
    await tab.page.keyboard.press('Escape');
    await expect(tab.by('session-new')).not.toBeInViewport();
    expect(tab.errors).toEqual([]);
  });
}

test('language, title, landmarks and headings are there', async ({ tab }) => {
  await fill(tab);
  await expect(tab.page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(tab.page).toHaveTitle('(1 to approve) hello · Tool runtime');
  await expect(tab.page.getByRole('banner')).toHaveCount(1);
  await expect(tab.page.getByRole('main')).toHaveCount(1);
  await expect(tab.page.getByRole('navigation', { name: 'Sessions' })).toHaveCount(1);
  await expect(tab.page.getByRole('heading', { level: 1 })).toHaveText('Tool runtime');
  await expect(tab.page.getByRole('heading', { level: 2 })).toHaveText(['Today', 'hello']);
  await expect(tab.page.getByRole('main').getByRole('heading', { level: 2 })).toHaveText('hello');
  await expect(tab.by('announcer')).not.toBeEmpty();
});

test('everything is reached and used by keyboard, in order, with the focus in sight', async ({ tab }) => {
  const { keyboard } = tab.page;
  const focus = () =>
    tab.page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { top, bottom, width } = element.getBoundingClientRect();
      const name = element.getAttribute('data-testid') ?? element.className;
      return {
        name,
        seen: outlineStyle !== 'none' && outlineWidth !== '0px',
        inView: top < innerHeight && bottom > 0 && width > 0,
      };
    });
  await tab.send('/shell {"command": "cat", "input": true}', '/computer {}');
  await expect(tab.cards.nth(1)).toHaveAttribute('data-state', 'completed');
  await tab.page.getByText('Skip to the message field').focus();
  await keyboard.press('Tab');
  await keyboard.press('Shift+Tab');
  const order: string[] = [];
  for (let i = 0; i < 60 && order.at(-1) !== 'model'; i++) {
    if (i > 0) await keyboard.press('Tab');
    const { name, seen, inView } = await focus();
    expect({ name, seen, inView }).toEqual({ name, seen: true, inView: true });
    order.push(name);
  }
  const expected = [
    ...['skip', 'session-new', 'session-item'],
    ...['session-share', 'session-settings', 'session-reset', 'session-delete', 'feed'],
    ...['batch-timeline', 'batch-pause', 'batch-cancel', 'tool-cancel', 'tool-input-open'],
    ...['composer', 'model'],
  ];
  expect(order.filter((name) => expected.includes(name))).toEqual(expected);

  // `/` goes to the composer from anywhere; from there Shift+Tab leads back to the tools.
  await tab.by('feed').focus();
  await keyboard.press('/');
  await expect(tab.by('composer')).toBeFocused();
  await expect(tab.by('composer')).toHaveValue('');
  await tab.by('tool-input-open').focus();
  await keyboard.press('Enter');
  await expect(tab.by('tool-input')).toBeFocused();
  await keyboard.type('typed');
  await keyboard.press('Enter');
  await expect(tab.output(tab.cards.nth(0))).toHaveText('typed\n');
  await keyboard.press('Escape');
  await expect(tab.by('tool-input-open')).toBeFocused();

  await tab.by('batch-pause').focus();
  await keyboard.press('Space');
  await expect(tab.by('batch-resume')).toBeFocused();
  await keyboard.press('Space');
  await expect(tab.by('batch-pause')).toBeFocused();
  await tab.by('batch-cancel').focus();
  await keyboard.press('Enter');
  await tab.ended(1);
  await tab.by('session-new').focus();
  await keyboard.press('Enter');
  await tab.live();
  await expect(tab.by('composer')).toBeFocused();
  await keyboard.type('hello');
  await keyboard.press('Shift+Enter');
  await keyboard.type('there');
  await keyboard.press('Enter');
  await expect(tab.by('message-text').first()).toHaveText('hello\nthere');
  expect(tab.errors).toEqual([]);
});

test('nothing moves for those who ask for that', async ({ tab }) => {
  await tab.page.emulateMedia({ reducedMotion: 'reduce' });
  await tab.send('/shell {"command": "while [ ! -e go ]; do sleep 0.05; done"}');
  await expect(tab.cards).toHaveAttribute('data-state', 'executing');
  const moving = await tab.page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
  await tab.page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await tab.page.evaluate(() => document.getAnimations().length)).toBeGreaterThan(0);
  await tab.by('batch-cancel').click();
});

test('the page does not shift while it loads', async ({ tab }) => {
  await tab.send('hello');
  await tab.ended(1);
  await tab.page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { layoutShifts: shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await tab.page.reload();
  await tab.live();
  await expect(tab.reply).toBeVisible();
  const shifts = await tab.page.evaluate(() => (window as unknown as { layoutShifts: number[] }).layoutShifts);
  // The conversation takes the place of what stood for it; Lighthouse calls less than 0.1 good.
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.1);
  expect(tab.errors).toEqual([]);
});

test('the colours and the width follow the device', async ({ tab }) => {
  const background = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await tab.page.emulateMedia({ colorScheme: 'dark' });
  expect(await background()).not.toBe(light);
  await expect(tab.by('session-list-toggle')).toBeHidden();
  await expect(tab.by('session-list')).toBeInViewport();
  await tab.page.setViewportSize({ width: 390, height: 844 });
  await expect(tab.by('session-list-toggle')).toBeVisible();
  await expect(tab.by('session-list')).not.toBeInViewport();
  await expect(tab.by('composer')).toBeInViewport();
  const height = await tab.by('composer').evaluate((field) => field.clientHeight);
  await tab.by('composer').fill('one line');
  expect(await tab.by('composer').evaluate((field) => field.clientHeight)).toBe(height);
});
