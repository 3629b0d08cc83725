import { CommandError } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import type { Entry, Listing, UploadOptions } from '../src/files/api.ts';
import { highlighted } from '../src/files/highlight.ts';
import { kindOf, textOf } from '../src/files/kinds.ts';
import { entryOf, FileTree, rowsOf } from '../src/files/tree.ts';
import { Uploads } from '../src/files/uploads.ts';

const entry = (path: string, type: Entry['type'] = 'file'): Entry => ({
  path,
  name: path.split('/').at(-1) ?? '',
  type,
});
const listing = (...entries: Entry[]): Listing => ({ entries, truncated: false });
const settled = () => new Promise((done) => setTimeout(done));

describe('the tree of files', () => {
  const files: Record<string, Listing> = {};
  const asked: string[] = [];
  const make = () => {
    asked.length = 0;
    files[''] = listing(entry('d', 'folder'), entry('a'));
    files.d = listing(entry('d/e', 'folder'), entry('d/b'));
    files['d/e'] = listing();
    return new FileTree(async (folder) => {
      asked.push(folder);
      const found = files[folder];
      if (found === undefined) throw new CommandError({ code: 'not_found', message: 'gone', retryable: false });
      return found;
    });
  };
  const lines = (tree: FileTree) =>
    rowsOf(tree.getState()).map((row) => `${row.level} ${row.entry.path} ${row.at}/${row.of}`);

  it('lists a folder when it is opened, and what is open with every refresh', async () => {
    const tree = make();
    await tree.refresh();
    expect([lines(tree), asked]).toEqual([['1 d 1/2', '1 a 2/2'], ['']]);
    tree.set('d', true);
    await settled();
    expect(lines(tree)).toEqual(['1 d 1/2', '2 d/e 1/2', '2 d/b 2/2', '1 a 2/2']);
    tree.set('d/e', true);
    await settled();
    expect(rowsOf(tree.getState())[1]?.note).toBe('Empty');
    tree.set('d', false);
    asked.length = 0;
    await tree.refresh();
    expect(asked).toEqual(['']);
  });

  it('stays the same object where nothing has changed, and says what is gone', async () => {
    const tree = make();
    tree.set('d', true);
    await tree.refresh();
    const before = tree.getState();
    await tree.refresh();
    expect(tree.getState()).toBe(before);
    delete files.d;
    await tree.refresh();
    expect(rowsOf(tree.getState())[0]?.note).toBe('gone');
    expect(entryOf(tree.getState(), 'a')?.name).toBe('a');
    expect(entryOf(tree.getState(), 'd/b')).toBeUndefined();
  });

  it('asks once more after those who ask meanwhile', async () => {
    const tree = make();
    await Promise.all([tree.refresh(), tree.refresh(), tree.refresh()]);
    expect(asked).toEqual(['', '']);
  });
});

describe('uploads', () => {
  const make = () => {
    const sent: {
      path: string;
      options: UploadOptions;
      done: () => void;
      fail: (code: 'conflict' | 'too_large') => void;
    }[] = [];
    const arrived: string[] = [];
    const uploads = new Uploads(
      (path, _, options) =>
        new Promise((done, failed) => {
          const fail = (code: 'conflict' | 'too_large') =>
            failed(new CommandError({ code, message: code, retryable: false }));
          options.signal.addEventListener('abort', () => failed(new Error('stopped')));
          sent.push({ path, options, done: () => done(undefined), fail });
        }),
      (path) => arrived.push(path),
    );
    const states = () => uploads.getAll().map(({ path, state, sent: bytes }) => `${path} ${state} ${bytes}`);
    return { uploads, sent, arrived, states };
  };
  const file = new Blob(['1234']);

  it('go two at a time, with what has left', async () => {
    const { uploads, sent, arrived, states } = make();
    uploads.add(
      'd',
      ['a', 'b', 'c'].map((path) => ({ path, file })),
    );
    sent[0]?.options.progress(3);
    expect(states()).toEqual(['d/a sending 3', 'd/b sending 0', 'd/c waiting 0']);
    sent[0]?.done();
    await settled();
    expect(states()).toEqual(['d/a done 4', 'd/b sending 0', 'd/c sending 0']);
    expect(arrived).toEqual(['d/a']);
  });

  it('replace nothing unless that is said', async () => {
    const { uploads, sent, states } = make();
    uploads.add('', [{ path: 'a', file }]);
    sent[0]?.fail('conflict');
    await settled();
    expect([sent[0]?.options.replace, states()]).toEqual([false, ['a exists 0']]);
    uploads.again(1, true);
    expect(sent[1]?.options.replace).toBe(true);
    sent[1]?.fail('too_large');
    await settled();
    expect(uploads.getAll()[0]).toMatchObject({ state: 'failed', error: 'too_large' });
  });

  it('that are stopped make room for the next', async () => {
    const { uploads, sent, states } = make();
    uploads.add(
      '',
      ['a', 'b', 'c'].map((path) => ({ path, file })),
    );
    uploads.drop(1);
    await settled();
    expect(sent[0]?.options.signal.aborted).toBe(true);
    expect(states()).toEqual(['b sending 0', 'c sending 0']);
  });
});

describe('what a file is', () => {
  it.each([
    ['a.PNG', 'picture'],
    ['b/c.md', 'markdown'],
    ['Makefile', 'text'],
    ['x.constructor', 'text'],
  ])('%s is shown as %s', (name, kind) => expect(kindOf(name)).toBe(kind));

  it('is text unless its bytes are none', () => {
    const bytes = new TextEncoder().encode('aé');
    expect(textOf(bytes, true)).toBe('aé');
    expect(textOf(bytes.subarray(0, 2), false)).toBe('a');
    expect(textOf(bytes.subarray(0, 2), true)).toBeUndefined();
    expect(textOf(new Uint8Array([65, 0]), true)).toBeUndefined();
  });
});

describe('highlighting', () => {
  const marked = (text: string, extension: string) =>
    highlighted(text, extension).map((line) =>
      line.map((t) => (t.kind === undefined ? t.text : `<${t.kind} ${t.text}>`)).join(''),
    );

  it.each([
    ['py', 'if x: # y', ['<word if> x: <comment # y>']],
    ['ts', 'const a = `1\n2`; // b', ['<word const> a = <string `1>', '<string 2`>; <comment // b>']],
    ['json', '{"a": "b", "c": 1e3}', ['{<name "a">: <string "b">, <name "c">: <number 1e3>}']],
    ['cs', 'class Classy { }', ['<word class> Classy { }']],
    ['html', '<a href="x">y</a>', ['<name <a> href=<string "x"><name >>y<name </a><name >>']],
    ['yaml', 'a: 1 # no', ['<name a>: <number 1> <comment # no>']],
    ['unknown', 'if 1\n', ['if 1', '']],
    ['py', '"""never\nends', ['<string """never>', '<string ends>']],
  ])('%s: %s', (extension, text, lines) => expect(marked(text, extension)).toEqual(lines));

  it.each(['py', 'ts', 'json', 'cs', 'html', 'yaml', 'css', 'sql', 'sh', 'md'])(
    'loses nothing of %s, however odd, and is quick',
    (extension) => {
      const odd = '"\'`\\\n<a b="#/* // */ {{ é😀 <!-- \n0x 1e \'\'\' """\n'.repeat(2_000);
      expect(
        highlighted(odd, extension)
          .map((line) => line.map((t) => t.text).join(''))
          .join('\n'),
      ).toBe(odd);
    },
  );
});
