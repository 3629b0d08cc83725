import { expect, test } from 'vitest';
import { firstPart } from '../src/tools/pty/keys.ts';
import { terminalCommand } from '../src/tools/pty/openTerminal.ts';

test('a line that opens a terminal is told from others', () => {
  expect(terminalCommand('/terminal')).toBe('');
  expect(terminalCommand('/terminal \n')).toBe('');
  expect(terminalCommand('/terminal vim notes.txt')).toBe('vim notes.txt');
  for (const other of [
    '/terminals',
    '/terminal {"command":"ls"}',
    'see /terminal',
    '/terminal ls\n/shell ls',
    '/shell ls',
  ])
    expect(terminalCommand(other)).toBeUndefined();
});

test('what is typed is not parted in the middle of a character', () => {
  expect(firstPart('abc', 2)).toBe('ab');
  expect(firstPart('a\u{1f600}b', 2)).toBe('a');
  expect(firstPart('a\u{1f600}b', 3)).toBe('a\u{1f600}');
  expect(firstPart('ab', 2)).toBe('ab');
});
