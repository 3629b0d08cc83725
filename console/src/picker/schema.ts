import type { JsonObject, JsonValue } from '@toolruntime/client';

/** References in a row; more go in a circle. */
const maxReferences = 20;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Types {
  readonly number: number;
  readonly string: string;
}

/** A member of that type, if it is of it. */
export function memberOf<T extends keyof Types>(schema: JsonObject, name: string, type: T): Types[T] | undefined {
  const value = schema[name];
  return typeof value === type ? (value as Types[T]) : undefined;
}

/** A schema with its references within the document and its `allOf` put in their places; not those of its members. */
export function resolve(schema: JsonValue, root: JsonObject): JsonObject {
  let current: JsonObject = isObject(schema) ? schema : {};
  for (let i = 0; i < maxReferences; i++) {
    if (typeof current.$ref === 'string') {
      const { $ref, ...own } = current;
      current = merged(target(String($ref), root), own);
    } else if (Array.isArray(current.allOf)) {
      const { allOf, ...own } = current;
      current = (allOf as readonly JsonValue[]).reduce<JsonObject>(
        (sum, each) => merged(sum, resolve(each, root)),
        own,
      );
    } else return current;
  }
  return {};
}

function target(reference: string, root: JsonObject): JsonObject {
  if (!reference.startsWith('#')) return {};
  let at: JsonValue | undefined = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    at = Array.isArray(at) ? at[Number(name)] : isObject(at) ? at[name] : undefined;
  }
  return isObject(at) ? at : {};
}

/** Both schemas in one: members of both, and what the second says else. */
export function merged(first: JsonObject, second: JsonObject): JsonObject {
  const properties =
    isObject(first.properties) && isObject(second.properties)
      ? { properties: { ...first.properties, ...second.properties } }
      : {};
  const required =
    Array.isArray(first.required) && Array.isArray(second.required)
      ? { required: [...new Set([...first.required, ...second.required])] }
      : {};
  return { ...first, ...second, ...properties, ...required };
}

/** The types that a value may have, `null` left out: what is left empty is left out. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((each): each is string => typeof each === 'string' && each !== 'null');
  if ('properties' in schema || 'additionalProperties' in schema) return ['object'];
  if ('items' in schema) return ['array'];
  return [];
}

/** A step of a JSON Pointer. */
export function step(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
