import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changesTo, parseOthers, settingsOf } from '../src/sessions/settings.ts';
import { TypingSignal } from '../src/sessions/signals.ts';
import { readableOn } from '../src/tools/ansi.ts';

describe('settings', () => {
  const parameters = {
    model: 'a',
    approvalRequired: ['shell'],
    reasoning: 'low',
    showReasoning: true,
    team: 'blue',
    level: 3,
  };

  it('unchanged ones change nothing', () => expect(changesTo(parameters, settingsOf(parameters))).toEqual({}));

  it('changed ones are merged and absent ones removed', () => {
    const settings = {
      model: '',
      approvalRequired: ['shell', '*'],
      approvalGranted: ['web'],
      reasoning: 'high',
      showReasoning: false,
      others: { level: 4, more: [1] },
    };
    expect(changesTo(parameters, settings)).toEqual({
      approvalRequired: ['shell', '*'],
      approvalGranted: ['web'],
      reasoning: 'high',
      showReasoning: null,
      level: 4,
      more: [1],
      model: null,
      team: null,
    });
  });

  it('malformed ones count as absent', () =>
    expect(settingsOf({ model: 3, approvalRequired: ['a', 1], reasoning: 'a lot', showReasoning: 'yes' })).toEqual({
      model: '',
      approvalRequired: ['a'],
      approvalGranted: [],
      reasoning: '',
      showReasoning: false,
      others: {},
    }));

  it.each([
    ['', {}],
    ['{"a": 1}', { a: 1 }],
    ['[]', undefined],
    ['null', undefined],
    ['{"a"', undefined],
    ['{"model": "x"}', undefined],
    ['{"showReasoning": true}', undefined],
  ])('others typed as %j are %j', (text, read) => expect(parseOthers(text)).toEqual(read));
});

describe('text on a background without a colour of its own', () => {
  it.each([
    [undefined, undefined],
    [0, undefined],
    [4, 'var(--terminal)'],
    [231, 'var(--terminal)'],
    [232, '#ffffff'],
    ['#ffff00', 'var(--terminal)'],
    ['#000080', '#ffffff'],
  ])('on %s is %s', (background, text) => expect(readableOn(background)).toBe(text));
});

describe('typing', () => {
  let sent: boolean[];
  let signal: TypingSignal;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    sent = [];
    signal = new TypingSignal((active) => sent.push(active));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told at the first key, again while it goes on, and when it rests', () => {
    for (let i = 0; i < 8; i++) {
      signal.typed(false);
      vi.advanceTimersByTime(500);
    }
    expect(sent).toEqual([true, true]);
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([true, true, false]);
  });

  it('ends with what was typed, once', () => {
    signal.typed(false);
    signal.typed(true);
    signal.ended();
    expect(sent).toEqual([true, false]);
  });
});
