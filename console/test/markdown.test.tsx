import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { Blocks } from '../src/chat/markdown/Blocks.tsx';
import { Markdown } from '../src/chat/markdown/Markdown.tsx';
import { enough, type Group, MarkdownSource } from '../src/chat/markdown/source.ts';

afterEach(cleanup);

const texts = [
  '# Title\n\nOne *two* three.\nFour.\n\n\nFive\n====\n\nSix\n---\nseven',
  '- one\n\n- two\n\n  more of two\n\n- three\n  - inner\n\n    ```js\n    const x = 1;\n\n    const y = 2;\n    ```\n- four\n\nAfter.',
  '1. one\n2. two\n\n   ```sh\n   ls\n\n   pwd\n   ```\n\n3. three\n\ntext\n\n* other\n* list',
  'Before\n```ts\nif (a) {\n\n  b();\n}\n```\nafter\n\n~~~\n```\nnot closed by that\n```\n~~~\n\n````md\n```\ninner\n```\n````\nend',
  '| a | b |\n|---|:-:|\n| 1 | `x` |\n| 2 | y |\n\nText\n\n> quote\n> more\n\n> other\n\n---\n\n    indented code\n\n    more\n\nend',
  'See [this][one] and [that].\n\nMore [one].\n\n[one]: https://a.b\n[that]: https://c.d "title"\n',
  '```\n```\n\n```python',
  'text `a` ```b``` c\n\n``` not `a fence\n\nend',
  '- [x] done\n- [ ] open\n\n<div>raw</div>\n\nLine  \nbreak\\\nend',
];

/** HTML without what only holds parts together. */
function html(of: Element): string {
  const parts = Array.from(of.children, (child) =>
    child.matches('.markdown, .markdown-part, .markdown-segment') ? html(child) : child.outerHTML,
  );
  return parts.join('').replace(/ data-continued="[a-z]+"/g, '');
}

describe('Markdown that is cut into parts', () => {
  it.each(texts)('is drawn like Markdown that is not: %j', (text) => {
    const whole = render(<Blocks text={text} definitions="" />);
    const expected = html(whole.container);
    whole.unmount();
    expect(html(render(<Markdown text={text} />).container)).toBe(expected);
  });

  it.each(texts)('is the same however it comes: %j', (text) => {
    const { container, rerender } = render(<Markdown text="" />);
    for (let end = 1; end <= text.length; end++) rerender(<Markdown text={text.slice(0, end)} />);
    const grown = html(container);
    cleanup();
    expect(grown).toBe(html(render(<Markdown text={text} />).container));
  });

  it('begins anew where a text does not go on', () => {
    const { container, rerender } = render(<Markdown text={'one\n\ntwo\n\nthree'} />);
    rerender(<Markdown text={'one\n\n2'} />);
    expect([...container.querySelectorAll('p')].map((p) => p.textContent)).toEqual(['one', '2']);
  });
});

const joined = (groups: readonly Group[]) => groups.flatMap((g) => g.segments.map((s) => s.text)).join('');
const line = (i: number) => `${i} ${'word '.repeat(12)}end.`;
const many = Array.from({ length: 2_000 }, (_, i) => i);

describe('a long text', () => {
  it.each([
    ['paragraphs', many.map((i) => `${line(i)}\n\n`).join('')],
    ['one paragraph', many.map(line).join('\n')],
    ['one line', many.map(line).join(' ')],
    ['one word', 'x😀'.repeat(60_000)],
    ['a list', many.map((i) => `${i + 1}. ${line(i)}\n`).join('')],
    ['a loose list', many.map((i) => `- ${line(i)}\n\n`).join('')],
    ['a quote', many.map((i) => `> ${line(i)}\n`).join('')],
    ['nested code', `- item\n  \`\`\`js\n${many.map((i) => `  ${line(i)}\n`).join('')}  \`\`\`\n\nend`],
  ])('of %s is cut into bounded parts, which stay as they are while it grows', (_, text) => {
    const source = new MarkdownSource();
    let before: readonly Group[] = [];
    for (let end = 1_000; end < text.length + 1_000; end += 1_000) {
      const groups = source.update(text.slice(0, end));
      for (const [i, group] of before.slice(0, -1).entries()) expect(groups[i]).toBe(group);
      before = groups;
    }
    // Fences are no part of what they hold.
    expect(joined(before)).toBe(text.replace('  ```\n\nend', '\nend'));
    expect(Math.max(...before.map((g) => g.length))).toBeLessThan(6 * enough);
    expect(before.length).toBeGreaterThan(5);
    expect(new Set(before.flatMap((g) => g.segments.map((s) => s.id))).size).toBe(
      before.flatMap((g) => g.segments).length,
    );
    // No part begins or ends with half a character.
    for (const { segments } of before)
      for (const { text: part } of segments) expect(part).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
  });

  it('of code is one block, copied whole', () => {
    const code = `${many.map(line).join('\n')}\n`;
    const source = new MarkdownSource();
    const groups = source.update(`before\n\n  \`\`\`js\n${code.replaceAll(/^/gm, '  ')}\`\`\`\nafter\n`);
    const parts = groups.flatMap((g) => g.segments);
    expect(parts.at(0)?.text).toBe('before\n\n');
    expect(parts.at(-1)?.text).toBe('after\n');
    expect(parts.slice(1, -1).map((p) => p.continued)).toEqual([false, ...parts.slice(2, -1).map(() => true)]);
    const [first] = parts.slice(1);
    expect(first?.code && source.codeOf(first.code).trimEnd()).toBe(code.trimEnd());
  });

  it('of a table has its head on each part, and a list goes on counting', () => {
    const head = '| a | b |\n|---|---|\n';
    const table = new MarkdownSource().update(head + many.map((i) => `| ${i} | ${line(i)} |\n`).join(''));
    const parts = table.flatMap((g) => g.segments);
    expect(parts.length).toBeGreaterThan(5);
    expect(new Set(parts.slice(1).map((p) => p.prefix))).toEqual(new Set([head]));

    const list = new MarkdownSource().update(many.map((i) => `${i + 1}. ${line(i)}\n`).join(''));
    for (const { text } of list.flatMap((g) => g.segments)) expect(text).toMatch(/^\d+\. /);
  });
});
