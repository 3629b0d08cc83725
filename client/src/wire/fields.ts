import type { JsonObject, JsonValue } from './json.ts';

/** A field is missing or of the wrong kind. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Text to an object; throws {@link DecodeError} for anything else. */
export function parseObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new DecodeError('not JSON', { cause });
  }
  return asObject(value, 'frame');
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asObject(value: JsonValue | undefined, what: string): JsonObject {
  if (!isObject(value)) throw new DecodeError(`${what} is not an object`);
  return value;
}

export function asArray(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw new DecodeError(`${what} is not an array`);
  return value as readonly JsonValue[];
}

export function text(o: JsonObject, key: string): string {
  const value = o[key];
  if (typeof value !== 'string') throw new DecodeError(`${key} is not a string`);
  return value;
}

export function number(o: JsonObject, key: string): number {
  const value = o[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError(`${key} is not a number`);
  return value;
}

export function oneOf<T extends string>(o: JsonObject, key: string, allowed: readonly T[]): T {
  const value = text(o, key);
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new DecodeError(`${key} is ${value}`);
  return found;
}

export function texts(o: JsonObject, key: string): readonly string[] {
  return asArray(o[key] ?? [], key).map((v) => {
    if (typeof v !== 'string') throw new DecodeError(`${key} holds something that is not a string`);
    return v;
  });
}

/** `{[key]: value}` where the field is there and of that kind, else `{}`: absent stays absent. */
export function optional<K extends string, T>(
  o: JsonObject,
  key: K,
  read: (o: JsonObject, key: K) => T,
): { readonly [k in K]?: T } {
  const value = o[key];
  return value === undefined || value === null ? {} : ({ [key]: read(o, key) } as { [k in K]?: T });
}

export const optText = <K extends string>(o: JsonObject, key: K) => optional(o, key, text);
export const optNumber = <K extends string>(o: JsonObject, key: K) => optional(o, key, number);
export const optValue = <K extends string>(o: JsonObject, key: K) => optional(o, key, (from) => from[key] as JsonValue);
export const optObject = <K extends string>(o: JsonObject, key: K) =>
  optional(o, key, (from) => asObject(from[key], key));
export const optTrue = <K extends string>(o: JsonObject, key: K): { readonly [k in K]?: boolean } =>
  o[key] === true ? ({ [key]: true } as { [k in K]?: boolean }) : {};
