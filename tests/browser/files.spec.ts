import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

/** Draws a wave with nothing but Python's own library. */
const plot = `
import math, struct, zlib
w, h = 160, 90
rows = bytearray()
for y in range(h):
    rows.append(0)
    for x in range(w):
        rows += bytes((40, 90, 220) if abs(y - 45 - 35 * math.sin(x / 12)) < 2 else (255, 255, 255))
part = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
head = struct.pack('>IIBBBBB', w, h, 8, 2, 0, 0, 0)
open('plot.png', 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(bytes(rows))) + part(b'IEND', b''))
`;

const width = (picture: Locator) => picture.evaluate((image: HTMLImageElement) => image.naturalWidth);

test('a plot that a program draws is on the page, as what was published and among the files', async ({ tab }) => {
  await tab.by('session-files').click();
  await expect(tab.by('tree')).toContainText('The workspace is empty');
  await tab.send(`/code ${JSON.stringify({ language: 'python', source: plot })}`);
  const file = tab.page.locator('[data-path="plot.png"]');
  await expect(file).toBeVisible();
  await tab.ended(1);
  await tab.send('/file_publish {"path": "plot.png"}');
  await tab.ended(2);

  await expect.poll(() => width(tab.by('tool-picture'))).toBe(160);
  await file.click();
  await expect.poll(() => width(tab.by('viewer-picture'))).toBe(160);
  await tab.screenshot('40-plot');
  expect(tab.errors).toEqual([]);
});

test('files are brought by drag and drop and by button, seen, replaced, taken and deleted', async ({ tab }) => {
  const { page } = tab;
  await tab.by('session-files').click();
  const bytes = Buffer.from('def f():\n    return 1\n');
  await tab.by('files-field').setInputFiles([{ name: 'a.py', mimeType: 'text/x-python', buffer: bytes }]);
  await page.locator('[data-path="a.py"]').click();
  await expect(page.locator('.token-word').first()).toHaveText('def');

  await tab
    .by('files-field')
    .setInputFiles([{ name: 'a.py', mimeType: 'text/x-python', buffer: Buffer.from('# new') }]);
  await tab.by('upload-replace').click();
  await expect(tab.by('source')).toContainText('# new');
  const [download] = await Promise.all([page.waitForEvent('download'), tab.by('viewer-download').click()]);
  expect(await readFile(await download.path(), 'utf8')).toBe('# new');

  await tab.by('files-new-folder').click();
  await tab.by('new-folder-name').fill('data');
  await tab.by('new-folder-make').click();
  const folder = page.locator('[data-path="data"]');
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array([0, 1, 2])], 'b.bin'));
    return transfer;
  });
  for (const type of ['dragover', 'drop']) await folder.dispatchEvent(type, { dataTransfer: data });
  await page.locator('[data-path="data/b.bin"]').click();
  await expect(tab.by('viewer')).toContainText('A binary file of 3 B');
  expect((await new AxeBuilder({ page }).include('[data-testid=files]').analyze()).violations).toEqual([]);

  await folder.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('[data-path="data/b.bin"]')).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-path="a.py"]')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await tab.by('confirm-do').click();
  await expect(tab.by('tree-item')).toHaveText([/a\.py/]);
  await page.keyboard.press('Escape');
  // What was there was told by 412.
  expect(tab.errors.filter((error) => !error.includes('412'))).toEqual([]);
});
