import { describe, expect, it } from 'vitest';
import { DecodeError, decodeEvent, decodeFrame, type JsonObject, knownEventTypes } from '../src/index.ts';
import { fixtures } from './fixtures.ts';

describe('events', () => {
  const files = fixtures<JsonObject[]>('events');

  it('there is a fixture for each known type and none besides', () => {
    expect(files.map(([type]) => type).sort()).toEqual([...knownEventTypes].sort());
  });

  it.each(files)('%s is read with all its fields', (_, events) => {
    for (const event of events) expect(decodeEvent(event)).toEqual(event);
  });

  it('an unknown type keeps its place', () => {
    expect(decodeEvent({ seq: 7, at: 'now', type: 'new.thing', extra: 1 })).toEqual({
      seq: 7,
      at: 'now',
      type: 'unknown',
      wireType: 'new.thing',
    });
  });

  it('unknown fields are left out', () => {
    expect(decodeEvent({ seq: 7, at: 'now', type: 'session.reset', by: 'a', later: true })).toEqual({
      seq: 7,
      at: 'now',
      type: 'session.reset',
      by: 'a',
    });
  });

  it('a known type with a wrong field keeps its place and says what is wrong', () => {
    expect(decodeEvent({ seq: 7, at: 'now', type: 'tool.started', executionId: 'x', attempt: '1' })).toMatchObject({
      seq: 7,
      type: 'unknown',
      wireType: 'tool.started',
      problem: 'attempt is not a number',
    });
  });

  it('an event without seq is no event', () => {
    expect(() => decodeEvent({ at: 'now', type: 'session.reset' })).toThrow(DecodeError);
  });

  it('names of Object.prototype are not types', () => {
    expect(decodeEvent({ seq: 1, at: 'now', type: 'toString' }).type).toBe('unknown');
    expect(decodeFrame('{"type":"constructor"}')).toBeUndefined();
  });
});

describe('frames', () => {
  it.each(fixtures<JsonObject[]>('frames'))('%s is read', (type, frames) => {
    for (const frame of frames) {
      const decoded = decodeFrame(JSON.stringify(frame));
      if (type === 'signal') expect(decoded).toMatchObject({ type, session: frame.session, data: frame });
      else expect(decoded).toEqual(frame);
    }
  });

  it('an unknown frame is undefined, a broken one throws', () => {
    expect(decodeFrame('{"type":"later"}')).toBeUndefined();
    for (const text of ['', '[]', 'null', '{"type":1}', '{"type":"ack"}', '{"type":"events","session":"s"}']) {
      expect(() => decodeFrame(text), text).toThrow(DecodeError);
    }
  });
});
