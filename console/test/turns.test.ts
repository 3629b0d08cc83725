import type { TerminalTurn } from '@toolruntime/client';
import { expect, test } from 'vitest';
import { answerOf, plain } from '../src/tools/pty/turns/answer.ts';

const turn: TerminalTurn = {
  number: 1,
  state: 'complete',
  source: 'osc633',
  offset: 0,
  answerOffset: 12,
  endOffset: 17,
};

test('an answer is the bytes between the question and the next prompt', () => {
  expect(answerOf(turn, { text: '$ echo é3\r\nhé\r\n$ ', offset: 0 })).toBe('hé');
  expect(answerOf(turn, { text: 'hé\r\n$ ', offset: 12 })).toBe('hé');
});

test('an answer that has begun goes as far as there is output', () => {
  const { endOffset: _, ...open } = turn;
  expect(answerOf(open, { text: 'hé\r\nmore', offset: 12 })).toBe('hé\nmore');
});

test('an answer of which the beginning is gone, or something is missing, is none', () => {
  expect(answerOf(turn, { text: '\r\n', offset: 14 })).toBeUndefined();
  expect(answerOf(turn, { text: 'hé\r\n', offset: 12, dropped: 3 })).toBeUndefined();
  expect(answerOf(turn, undefined)).toBeUndefined();
});

test('colours, titles and what was written over are no part of it', () => {
  expect(plain('\u001b[31mred\u001b[0m\r\n\u001b]0;title\u0007ok\u001b]633;P;x\u001b\\\r\n')).toBe('red\nok');
  expect(plain('10%\r100%\r\n\u001b[2K\u001b[1Gdone\r\n')).toBe('100%\ndone');
  expect(plain('  indented\r\n')).toBe('  indented');
});
