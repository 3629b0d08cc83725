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

/** The large terminal's screen as a picture, when it does not change any more. */
export async function picture(tab: ConsolePage): Promise<Buffer> {
  const screen = tab.page.locator('.pty-large .xterm-screen');
  // Round corners are not drawn alike each time.
  const look = { caret: 'hide', style: '.pty { border-radius: 0 !important; }' } as const;
  let last = await screen.screenshot(look);
  await expect
    .poll(async () => {
      const next = await screen.screenshot(look);
      const same = next.equals(last);
      last = next;
      return same;
    })
    .toBe(true);
  return last;
}

/** What the large terminal knows besides what is seen: its modes, its size, whether the alternate screen is shown. */
export function modes(tab: ConsolePage): Promise<object> {
  return tab.page.locator('.pty-large .pty-screen').evaluate((element) => {
    const { terminal } = element as unknown as {
      terminal: { modes: object; cols: number; rows: number; buffer: { active: { type: string } } };
    };
    const { cols, rows, buffer } = terminal;
    return { ...terminal.modes, cols, rows, screen: buffer.active.type };
  });
}

/** The lines of the large terminal: those on its screen, or all that it remembers. */
export function lines(tab: ConsolePage, which: 'screen' | 'all' = 'screen'): Promise<string[]> {
  return tab.page.locator('.pty-large .pty-screen').evaluate((element, which) => {
    interface Buffer {
      readonly baseY: number;
      readonly length: number;
      readonly getLine: (y: number) => { translateToString: (trim: boolean) => string } | undefined;
    }
    const { buffer } = (element as unknown as { terminal: { buffer: { active: Buffer } } }).terminal;
    const shown = Array.from(
      { length: buffer.active.length },
      (_, y) => buffer.active.getLine(y)?.translateToString(true) ?? '',
    );
    return which === 'all' ? shown : shown.slice(buffer.active.baseY);
  }, which);
}
