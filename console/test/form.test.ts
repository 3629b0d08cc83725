import type { JsonObject } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { type Draft, draftOf } from '../src/picker/draft.ts';
import { type Field, formOf, readable } from '../src/picker/fields.ts';
import { findTools, slashed } from '../src/picker/find.ts';
import { read } from '../src/picker/read.ts';

const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});

/** The kind of the field that one member's schema makes. */
function kindOf(schema: JsonObject, more: JsonObject = {}): Field {
  const form = formOf({ ...object({ x: schema }), ...more });
  const field = form.kind === 'members' ? form.members[0]?.field : undefined;
  if (field === undefined) throw new Error('no field');
  return field;
}

/** What a form gives after its members were filled in. */
function filled(parameters: JsonObject, members: Record<string, Draft>) {
  const form = formOf(parameters);
  const draft = { members: { ...draftOf(form).members, ...members } };
  const { value, problems } = read(form, draft, parameters);
  return { value, problems: problems.map(({ path, message }) => `${path}: ${message}`) };
}

/** A form that has been filled with a value gives that value. */
function roundTrip(parameters: JsonObject, value: JsonObject) {
  const form = formOf(parameters);
  expect(read(form, draftOf(form, value), parameters)).toEqual({ value, problems: [] });
}

describe('fields', () => {
  it.each<[Field['kind'], JsonObject]>([
    ['text', { type: 'string' }],
    ['text', { type: ['string', 'null'] }],
    ['number', { type: 'integer', minimum: 1 }],
    ['flag', { type: 'boolean' }],
    ['options', { enum: ['a', 1, null] }],
    ['options', { oneOf: [{ const: 'a', title: 'First' }, { const: 'b' }] }],
    ['const', { const: 5 }],
    ['list', { type: 'array', items: { type: 'string' } }],
    ['map', { type: 'object', additionalProperties: { type: 'string' } }],
    ['members', object({ y: { type: 'string' } })],
    ['choice', { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    ['choice', { type: ['string', 'number'] }],
    ['text', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['members', { ...object({ a: {}, b: {} }), anyOf: [{ required: ['a'] }, { required: ['b'] }] }],
    ['json', { type: 'object' }],
    ['json', { type: 'array', prefixItems: [{ type: 'string' }] }],
    ['json', {}],
  ])('%s of %j', (kind, schema) => expect(kindOf(schema).kind).toBe(kind));

  it('follow references and put allOf together', () => {
    const $defs = { name: { type: 'string', title: 'A name' }, more: object({ a: { type: 'string' } }) };
    expect(kindOf({ $ref: '#/$defs/name' }, { $defs })).toMatchObject({ kind: 'text', label: 'A name' });
    const both = kindOf({ allOf: [{ $ref: '#/$defs/more' }, { properties: { b: { type: 'number' } } }] }, { $defs });
    expect(both.kind === 'members' && both.members.map((m) => m.name)).toEqual(['a', 'b']);
  });

  it('end where a schema contains itself', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
    expect(JSON.stringify(kindOf({ $ref: '#/$defs/node' }, { $defs: { node } }))).toContain('"kind":"json"');
    expect(kindOf({ $ref: '#/properties/x' }).kind).toBe('json');
  });

  it('are called in words', () => {
    expect(['workingDirectory', 'top_k', 'timeoutMs'].map(readable)).toEqual([
      'Working directory',
      'Top k',
      'Timeout (ms)',
    ]);
  });

  it('know shapes by what is fixed in them', () => {
    const circle = object({ kind: { const: 'circle' }, r: { type: 'number' } }, ['kind', 'r']);
    const square = object({ kind: { const: 'square' }, a: { type: 'number' } }, ['kind', 'a']);
    const field = kindOf({ oneOf: [circle, square] });
    expect(field.kind === 'choice' && field.choices.map((c) => c.label)).toEqual(['Circle', 'Square']);
    roundTrip(object({ x: { oneOf: [circle, square] } }), { x: { kind: 'square', a: 2 } });
  });
});

describe('what is filled in', () => {
  const schema = object(
    {
      command: { type: 'string', minLength: 1 },
      content: { type: 'string' },
      count: { type: 'integer', minimum: 1, maximum: 9 },
      ratio: { type: 'number', default: 0.5 },
      sure: { type: 'boolean' },
      depth: { enum: ['basic', 'deep'] },
      sites: { type: 'array', maxItems: 2, items: { type: 'string', pattern: '^[a-z.]+$' } },
      environment: { type: 'object', additionalProperties: { type: 'string' } },
      inner: object({ must: { type: 'string', minLength: 1 }, may: { type: 'string' } }, ['must']),
      any: {},
    },
    ['command', 'content'],
  );

  it('leaves out what was left empty, keeps defaults, and takes an empty text where one may be', () => {
    expect(filled(schema, { command: { text: 'ls' } })).toEqual({
      value: { command: 'ls', content: '', ratio: 0.5 },
      problems: [],
    });
  });

  it('says what is wrong beside each field', () => {
    const rows = (...texts: string[]) => ({ rows: texts.map((text, id) => ({ id, draft: { text } })) });
    const { problems } = filled(schema, {
      command: { text: '' },
      count: { text: '12' },
      ratio: { text: 'much' },
      sites: rows('ok.org', 'NO'),
      environment: { rows: [{ id: 1, name: '', draft: { text: 'v' } }] },
      inner: { members: { may: { text: 'x' } } },
      any: { text: '{' },
    });
    expect(problems).toEqual([
      '/command: Is required.',
      '/count: Must be at most 9.',
      '/ratio: Must be a number.',
      '/sites/1: Must match ^[a-z.]+$',
      '/environment: A value has no name.',
      '/inner/must: Is required.',
      expect.stringMatching(/^\/any: Is no JSON/),
    ]);
    expect(filled(schema, { command: { text: 'ls' }, count: { text: '1.5' } }).problems).toEqual([
      '/count: Must be a whole number.',
    ]);
    expect(filled(schema, { command: { text: 'ls' }, sites: rows('a', 'b', 'c') }).problems).toEqual([
      '/sites: Takes at most 2.',
    ]);
  });

  it('is the value that it was filled with', () => {
    roundTrip(schema, {
      ...{ command: 'ls', content: 'a\nb', count: 3, ratio: 0, sure: false, depth: 'deep', sites: ['a.b'] },
      ...{ environment: { A: '1' }, inner: { must: 'm' } },
      any: [1, { a: null }],
    });
  });

  it('obeys what only all fields together can break', () => {
    const either = {
      ...object({ a: { type: 'string' }, b: { type: 'string' } }),
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    };
    expect(filled(either, {}).problems).toHaveLength(1);
    expect(filled(either, { b: { text: 'x' } })).toEqual({ value: { b: 'x' }, problems: [] });
  });

  it('is sent although its schema has a pattern that browsers do not know', () => {
    const odd = object({ x: { type: 'string', pattern: '(?<a>' } });
    expect(filled(odd, { x: { text: 'y' } as Draft }).problems).toEqual([]);
  });
});

describe('tools', () => {
  const tool = (name: string, description: string) => ({ name, description, needsApproval: false, parameters: {} });
  const tools = [tool('file_read', 'Reads'), tool('shell', 'Runs a command'), tool('read_page', 'Reads the web')];
  it('are found by the beginning of their names, then by all words', () => {
    const names = (typed: string) => findTools(tools, typed).map(({ name }) => name);
    expect(names('')).toEqual(['file_read', 'shell', 'read_page']);
    expect(names('read')).toEqual(['read_page', 'file_read']);
    expect(names('web read')).toEqual(['read_page']);
    expect(names('nothing')).toEqual([]);
  });

  it('are listed for a slash and letters only', () => {
    expect(['/', '/sh', '/shell ls', 'a/', '/a\n'].map(slashed)).toEqual(['', 'sh', undefined, undefined, undefined]);
  });
});
