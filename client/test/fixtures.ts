import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../src/index.ts';

const root = new URL('../../tests/fixtures/', import.meta.url);

/** The files of a folder of contract fixtures, by name without extension. */
export function fixtures<T extends JsonValue | FoldCase>(folder: string): [string, T][] {
  return readdirSync(new URL(`${folder}/`, root))
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.slice(0, -'.json'.length),
      JSON.parse(readFileSync(new URL(`${folder}/${file}`, root), 'utf8')) as T,
    ]);
}

/** One file of `fold/`. */
export interface FoldCase {
  readonly description: string;
  readonly before?: JsonObject;
  readonly events: readonly JsonObject[];
  readonly view: JsonObject;
}
