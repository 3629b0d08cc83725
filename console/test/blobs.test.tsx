import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Blobs } from '../src/tools/Blobs.tsx';
import { blobsOf } from '../src/tools/blobs.ts';

const picture = {
  type: 'blob',
  blob: 's1:e1:abc',
  name: 'plot.png',
  mediaType: 'image/png',
  bytes: 70,
  width: 2,
  height: 1,
};

describe('what a tool has published', () => {
  it('is shown as a picture, or as a file', () => {
    const html = renderToStaticMarkup(
      <Blobs value={{ content: [picture, { ...picture, blob: 's1:e1:def', name: 'a.csv', mediaType: 'text/csv' }] }} />,
    );

    expect(html).toContain('<img src="/v1/blobs/s1%3Ae1%3Aabc" alt="plot.png" width="2" height="1"');
    expect(html).toContain('href="/v1/blobs/s1%3Ae1%3Adef" download="a.csv"');
  });

  it.each([
    ['no object', 'text'],
    ['no list', { content: {} }],
    ['an entry of another type', { content: [{ ...picture, type: 'image' }] }],
    ['an address in place of an id', { content: [{ ...picture, blob: 'https://elsewhere' }] }],
    ['a path', { content: [{ ...picture, blob: '../s1:e1:abc' }] }],
  ])('is nothing where there is %s', (_, value) => {
    expect(blobsOf(value)).toEqual([]);
  });

  it('keeps no size that is none', () => {
    expect(blobsOf({ content: [{ ...picture, width: -1 }] })[0]).not.toHaveProperty('width');
  });
});
