import type { Locator } from '@playwright/test';
import type { ConsolePage } from './consolePage.ts';
import { expect } from './fixtures.ts';

/** What is seen of a terminal. */
export const rows = (tab: ConsolePage): Locator => tab.page.locator('.xterm-rows');

export const shows = (tab: ConsolePage, text: string | RegExp) =>
  expect(rows(tab)).toContainText(text, { useInnerText: true });

/** Opens a terminal with a prompt that is easily told. */
export async function openShell(tab: ConsolePage): Promise<void> {
  await tab.send('/terminal');
  await expect(tab.by('pty-dialog')).toBeVisible();
  await shows(tab, /[$#]/);
  await type(tab, "PS1='ready> '");
  await shows(tab, /^ready> /m);
}

/** Shows the terminal large, where it has the focus. */
export async function openLarge(tab: ConsolePage): Promise<void> {
  await tab.by('pty-large').click();
  await expect(tab.page.locator('.pty-large .xterm-helper-textarea')).toBeFocused();
}

export async function type(tab: ConsolePage, line: string): Promise<void> {
  await tab.page.keyboard.type(line);
  await tab.page.keyboard.press('Enter');
}
