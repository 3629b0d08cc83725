import { describe, expect, it } from 'vitest';
import { terminalModesAfter } from '../src/fold/terminalModes.ts';
import { fixtures } from './fixtures.ts';

interface Case {
  readonly [name: string]: string;
  readonly description: string;
  readonly text: string;
  readonly modes: string;
}

describe.each(fixtures<Case[]>('modes').flatMap(([, cases]) => cases))('$description', ({ text, modes }) => {
  it('gives its modes, wherever the text is divided', () => {
    expect(terminalModesAfter('', text)).toBe(modes);
    expect(terminalModesAfter(modes, '')).toBe(modes);
    for (let i = 1; i < text.length; i++)
      expect([i, terminalModesAfter(terminalModesAfter('', text.slice(0, i)), text.slice(i))]).toEqual([i, modes]);
  });
});
