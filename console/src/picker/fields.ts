import type { JsonObject, JsonValue } from '@toolruntime/client';
import { isObject, memberOf, merged, resolve, typesOf } from './schema.ts';

interface Any {
  /** For people. */
  readonly label: string;
  readonly description?: string;
  readonly required: boolean;
  /** What its value has to be; without references. */
  readonly schema: JsonObject;
}

/** A text: on one line, on some (Enter runs the tool), or on many (Enter begins a line). */
export type TextField = Any & { readonly kind: 'text'; readonly size: 'line' | 'lines' | 'page' };
export type NumberField = Any & { readonly kind: 'number' };
export type FlagField = Any & { readonly kind: 'flag' };
export type OptionsField = Any & { readonly kind: 'options'; readonly options: readonly Option[] };
export type ConstField = Any & { readonly kind: 'const'; readonly value: JsonValue };
export type ListField = Any & { readonly kind: 'list'; readonly item: Field };
/** Names that the caller chooses, each with a value. */
export type MapField = Any & { readonly kind: 'map'; readonly item: Field };
export type MembersField = Any & { readonly kind: 'members'; readonly members: readonly Member[] };
/** One of several shapes. */
export type ChoiceField = Any & { readonly kind: 'choice'; readonly choices: readonly Field[] };
/** What no form can be made for. */
export type JsonField = Any & { readonly kind: 'json' };

export type Field =
  | TextField
  | NumberField
  | FlagField
  | OptionsField
  | ConstField
  | ListField
  | MapField
  | MembersField
  | ChoiceField
  | JsonField;

export interface Option {
  readonly label: string;
  readonly value: JsonValue;
}

export interface Member {
  readonly name: string;
  readonly field: Field;
}

/** Deeper than this, and so where a schema contains itself, a value is written as JSON. */
const maxDepth = 6;

/** The form of a tool's arguments. */
export function formOf(parameters: JsonObject): Field {
  return fieldOf(parameters, parameters, { name: '', required: true, depth: 0 });
}

interface Place {
  readonly name: string;
  readonly required: boolean;
  readonly depth: number;
}

function fieldOf(given: JsonValue | undefined, root: JsonObject, place: Place): Field {
  const schema = resolve(given ?? {}, root);
  const any: Any = {
    label: typeof schema.title === 'string' && schema.title !== '' ? schema.title : readable(place.name),
    ...(typeof schema.description === 'string' ? { description: schema.description } : {}),
    required: place.required,
    schema,
  };
  if (place.depth > maxDepth) return { ...any, kind: 'json' };
  if ('const' in schema) return { ...any, kind: 'const', value: schema.const ?? null };
  if (Array.isArray(schema.enum)) return { ...any, kind: 'options', options: schema.enum.map(optionOf) };
  const branches = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(branches)) return choiceOf(any, schema, branches, root, place);
  const types = typesOf(schema);
  if (types.length > 1) {
    const each = types.map((type) => fieldOf({ ...schema, type }, root, deeper(place, true)));
    return { ...any, kind: 'choice', choices: each.map((field) => ({ ...field, label: typeName(field) })) };
  }
  return ofType(any, types[0], root, place);
}

function ofType(any: Any, type: string | undefined, root: JsonObject, place: Place): Field {
  const { schema } = any;
  if (type === 'boolean') return { ...any, kind: 'flag' };
  if (type === 'integer' || type === 'number') return { ...any, kind: 'number' };
  if (type === 'string') return { ...any, kind: 'text', size: sizeOf(place.name, schema) };
  if (type === 'array' && isObject(schema.items) && !('prefixItems' in schema)) {
    const item = fieldOf(schema.items, root, { ...deeper(place, true), name: place.name });
    return { ...any, kind: 'list', item };
  }
  if (type !== 'object') return { ...any, kind: 'json' };
  const members = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const needed = Array.isArray(schema.required) ? schema.required : [];
  if (members.length > 0 || schema.additionalProperties === false || place.depth === 0) {
    const fields = members.map(([name, each]) => ({
      name,
      field: fieldOf(each, root, { name, required: needed.includes(name), depth: place.depth + 1 }),
    }));
    return { ...any, kind: 'members', members: fields };
  }
  if (!isObject(schema.additionalProperties) || needed.length > 0) return { ...any, kind: 'json' };
  return { ...any, kind: 'map', item: fieldOf(schema.additionalProperties, root, deeper(place, true)) };
}

/** Shapes to choose from: names for values are options, what only asks for other members is left to the check. */
function choiceOf(any: Any, schema: JsonObject, branches: readonly JsonValue[], root: JsonObject, place: Place): Field {
  const { oneOf: _, anyOf: __, ...base } = schema;
  const shapes = branches.map((branch) => resolve(branch, root)).filter((shape) => shape.type !== 'null');
  if (shapes.length > 0 && shapes.every((shape) => 'const' in shape)) {
    const options = shapes.map((shape) => ({
      ...optionOf(shape.const ?? null),
      ...(typeof shape.title === 'string' ? { label: shape.title } : {}),
    }));
    return { ...any, kind: 'options', options };
  }
  if (shapes.every((shape) => Object.keys(shape).every((key) => key === 'required'))) {
    return { ...fieldOf(base, root, place), schema };
  }
  const [only] = shapes;
  if (shapes.length === 1 && only !== undefined) return fieldOf(merged(base, only), root, place);
  const choices = shapes.map((shape, i) => {
    const { title: ____, ...rest } = base;
    const field = fieldOf(merged(rest, shape), root, { ...deeper(place, true), depth: place.depth + 1 });
    const title = typeof shape.title === 'string' ? shape.title : undefined;
    return {
      ...field,
      label: title ?? discriminator(field) ?? `${typeName(field)}${twice(shapes, i) ? ` ${i + 1}` : ''}`,
    };
  });
  return { ...any, kind: 'choice', choices };
}

const deeper = (place: Place, required: boolean): Place => ({ name: '', required, depth: place.depth + 1 });

const twice = (shapes: readonly JsonObject[], i: number) =>
  shapes.filter((shape) => typesOf(shape)[0] === typesOf(shapes[i] ?? {})[0]).length > 1;

/** A shape's own name, where one of its members has a fixed value. */
function discriminator(field: Field): string | undefined {
  if (field.kind !== 'members') return undefined;
  const fixed = field.members.find((member) => member.field.kind === 'const')?.field;
  return fixed?.kind === 'const' && typeof fixed.value === 'string' ? readable(fixed.value) : undefined;
}

const typeNames: Readonly<Record<Field['kind'], string>> = {
  text: 'Text',
  number: 'Number',
  flag: 'Yes or no',
  options: 'One of a list',
  const: 'Fixed',
  list: 'List',
  map: 'Names and values',
  members: 'Object',
  choice: 'Choice',
  json: 'JSON',
};

function typeName(field: Field): string {
  return typeNames[field.kind];
}

function optionOf(value: JsonValue): Option {
  return { label: typeof value === 'string' && value !== '' ? value : JSON.stringify(value), value };
}

const pages = new Set(['content', 'source', 'code', 'script', 'body', 'text', 'stdin', 'markdown', 'html', 'document']);
const few = new Set(['command', 'prompt', 'query', 'instructions', 'question', 'message', 'description', 'expected']);

function sizeOf(name: string, schema: JsonObject): TextField['size'] {
  const last = name.toLowerCase();
  if (schema.contentMediaType !== undefined || schema.format === 'multiline') return 'page';
  const longest = memberOf(schema, 'maxLength', 'number');
  if (longest !== undefined && longest <= 120) return 'line';
  if (pages.has(last) || /(_|[a-z])(content|source|code)$/i.test(name)) return 'page';
  return few.has(last) ? 'lines' : 'line';
}

/** `workingDirectory` and `working_directory` as `Working directory`. */
export function readable(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/ ms$/, ' (ms)');
}
