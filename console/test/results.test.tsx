import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { JsonValue, Session, ViewExecution } from '@toolruntime/client';
import { afterEach, describe, expect, it } from 'vitest';
import { changeOf, linesOf } from '../src/results/diff.ts';
import { Linked, safeUrl } from '../src/results/links.tsx';
import { Result } from '../src/results/Result.tsx';
import { hitsOf } from '../src/results/search.ts';
import { sorted, tablesOf } from '../src/results/table.ts';

const execution = (name: string, result: JsonValue | undefined, more: Partial<ViewExecution> = {}) =>
  ({
    ...{ batchId: 'b', callId: 'c', index: 0, name, arguments: {}, state: 'completed', attempt: 1, output: {} },
    ...(result === undefined ? {} : { result }),
    ...more,
  }) as ViewExecution;

const show = (of: ViewExecution) =>
  render(<Result session={{ id: 's 1' } as Session} executionId="x" execution={of} />).container;

afterEach(cleanup);

describe('addresses', () => {
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//host',
    'http://user@host/',
    'ftp://host/',
    'https://',
    5,
    null,
  ])('%s is not gone to', (address) => expect(safeUrl(address)).toBeUndefined());

  it('in a text are links that tell the other side nothing, without what ends the sentence', () => {
    const { container } = render(<Linked text="See https://a.org/x(y)?q=1, (http://b.org). <https://c.org/>" />);
    const links = [...container.querySelectorAll('a')];
    expect(links.map((a) => a.getAttribute('href'))).toEqual([
      'https://a.org/x(y)?q=1',
      'http://b.org/',
      'https://c.org/',
    ]);
    expect(links.every((a) => a.rel === 'noopener noreferrer' && a.target === '_blank')).toBe(true);
    expect(container.textContent).toBe('See https://a.org/x(y)?q=1, (http://b.org). <https://c.org/>');
  });
});

describe('tables', () => {
  const rows = [{ n: 10, name: 'b' }, { n: 9, name: 'a10', url: 'https://a.org' }, { name: 'a9' }];

  it('are arrays of objects that are alike', () => {
    expect(tablesOf({ rows, one: [{ a: 1 }], texts: ['a', 'b'], mixed: [{ a: 1 }, 2] }).map((t) => t.name)).toEqual([
      'rows',
    ]);
    expect(tablesOf([{ a: 1 }, { a: 2 }])).toHaveLength(1);
    expect(tablesOf([{ a: 1 }, { b: 2 }, { c: 3 }])).toEqual([]);
    expect([tablesOf('text'), tablesOf(null), tablesOf(undefined)]).toEqual([[], [], []]);
  });

  it('sort numbers by size and texts as people do, with what is missing last', () => {
    const by = (column: string, down: boolean) => sorted(rows, { column, down }).map((row) => row.name);
    expect(by('n', false)).toEqual(['a10', 'b', 'a9']);
    expect(by('n', true)).toEqual(['b', 'a10', 'a9']);
    expect(by('name', false)).toEqual(['a9', 'a10', 'b']);
  });

  it('show ten rows until more are wanted, and are sorted by their heads', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ i, where: `https://a.org/${i}` }));
    const container = show(execution('mcp_list', { many }));
    const cells = () => [...container.querySelectorAll('tbody tr td:first-child')].map((td) => td.textContent);
    expect(cells()).toHaveLength(10);
    expect(container.querySelector('tbody a')?.getAttribute('href')).toBe('https://a.org/0');
    fireEvent.click(screen.getByTestId('result-rows'));
    expect(cells()).toHaveLength(12);
    const [head] = screen.getAllByTestId('result-sort');
    fireEvent.click(head as HTMLElement);
    fireEvent.click(head as HTMLElement);
    expect(cells()[0]).toBe('11');
    expect(container.querySelector('th')?.getAttribute('aria-sort')).toBe('descending');
  });
});

describe('differences', () => {
  const diff =
    '--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n same\n-old\n+new\n\\ No newline at end of file\n@@ -9,0 +10,1 @@\n+end\n';

  it('are read with the numbers of the lines', () => {
    expect(linesOf(diff).map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
      ['same', 'same', 2, 2],
      ['out', 'old', 3, undefined],
      ['in', 'new', undefined, 3],
      ['note', 'No newline at end of file', undefined, undefined],
      ['place', '⋯', undefined, undefined],
      ['in', 'end', undefined, 10],
    ]);
  });

  it('are shown with marks, for those too who do not see colours', () => {
    const container = show(execution('file_write', { path: 'a b.md', created: false, diff }));
    expect(screen.getByTestId('result-diff').querySelector('figcaption')?.textContent).toBe(
      'a b.md+2−12 lines in, 1 line out',
    );
    expect(container.querySelector('tr[data-kind="out"]')?.textContent).toBe('3−out: old');
    expect(container.querySelector('a')?.getAttribute('href')).toBe('/v1/sessions/s%201/files/content?path=a%20b.md');
  });

  it('say why there are none', () => {
    expect(show(execution('file_write', { path: 'f', diffOmitted: 'binary' })).textContent).toContain('no text');
    expect(show(execution('file_write', { path: 'f', diff: '' })).textContent).toContain('Nothing in it has changed');
    expect([changeOf({ path: 'f' }), changeOf([]), changeOf({ diff })]).toEqual([undefined, undefined, undefined]);
  });

  it('of a file that is new are all of its lines', () => {
    const given = { path: 'f', content: 'a\nb\n' };
    const container = show(execution('file_write', { path: 'f', created: true }, { arguments: given }));
    expect([...container.querySelectorAll('tr[data-kind="in"]')].map((tr) => tr.textContent)).toEqual([
      '1+in: a',
      '2+in: b',
    ]);
  });
});

describe('files', () => {
  it('that a program has left are links, those that it has deleted are not', () => {
    const files = [
      { path: 'out/a.csv', change: 'created', bytes: 3 },
      { path: 'b', change: 'deleted' },
    ];
    const container = show(execution('code', { exitCode: 0, files, moreFiles: 2 }));
    expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual([
      '/v1/sessions/s%201/files/content?path=out%2Fa.csv',
    ]);
    expect(container.textContent).toContain('2 more files');
    expect(container.querySelector('table')).toBeNull();
  });
});

describe('pages that were found', () => {
  const hit = (rank: number, more = {}) => ({
    rank,
    title: `T${rank}`,
    url: `https://www.h${rank}.org/`,
    snippet: 'S',
    ...more,
  });
  const line = (value: object) => `${JSON.stringify(value)}\n`;

  it('are shown as they come, and with more as that comes', () => {
    const text = line(hit(1)) + line(hit(2)) + line(hit(1, { text: 'whole' })) + JSON.stringify(hit(3)).slice(0, 20);
    const found = hitsOf(execution('web_search', undefined, { output: { result: { text, offset: 0 } } }));
    expect(found.map(({ rank, text: page }) => [rank, page])).toEqual([
      [1, 'whole'],
      [2, undefined],
    ]);
  });

  it('are a list with titles, sites and dates, and lead nowhere odd', () => {
    const results = [hit(1, { published: '2026-03-01T12:00:00' }), hit(2, { url: 'javascript:alert(1)' }), 'odd'];
    const container = show(execution('web_search', { query: 'q', results }));
    expect(screen.getAllByTestId('search-result')).toHaveLength(1);
    expect(container.querySelector('a')?.getAttribute('href')).toBe('https://www.h1.org/');
    expect(container.textContent).toContain('h1.org');
    expect(container.textContent).toContain('2026');
  });
});
