import type { JsonObject, JsonValue } from '../wire/json.ts';
import { utf8Length } from './utf8.ts';

/** What arguments, a result or details may take in a view. */
export const valueRoom = 4_096;

const leastShare = 256;
const leastPart = 16;
const numberCost = 8;
const literalCost = 4;
const ellipsis = '…';

/** A value as a view shows it; the very value where that is all of it. The server does the same (`docs/protocol.md`). */
export function shorten(value: JsonValue): JsonValue {
  const costs = new Map<JsonValue, number>();
  return costOf(value, costs) <= valueRoom ? value : cutTo(value, valueRoom, costs);
}

type Costs = Map<JsonValue, number>;

function costOf(value: JsonValue, costs: Costs): number {
  if (typeof value === 'number') return numberCost;
  if (typeof value === 'boolean' || value === null) return literalCost;
  const known = costs.get(value);
  if (known !== undefined) return known;
  const cost = measure(value, costs);
  costs.set(value, cost);
  return cost;
}

function measure(value: string | readonly JsonValue[] | JsonObject, costs: Costs): number {
  if (typeof value === 'string') return utf8Length(value) + 2;
  let cost = 2;
  if (isArray(value)) for (const item of value) cost += costOf(item, costs) + 1;
  else for (const [name, member] of Object.entries(value)) cost += nameCost(name) + costOf(member, costs) + 2;
  return cost;
}

const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray;

function nameCost(name: string): number {
  return utf8Length(name) + 2;
}

/** What is left of a value that costs more than its room. */
function cutTo(value: JsonValue, room: number, costs: Costs): JsonValue {
  if (typeof value === 'string') return beginning(value, room - 2);
  if (typeof value !== 'object' || value === null) return value;
  return isArray(value) ? items(value, room - 2, costs) : members(value, room - 2, costs);
}

/** The first items. */
function items(array: readonly JsonValue[], room: number, costs: Costs): JsonValue {
  const kept: JsonValue[] = [];
  let left = room;
  for (const [i, item] of array.entries()) {
    const cost = costOf(item, costs) + 1;
    const share = shareOf(left, array.length - i);
    if (cost > share && share < leastPart) break;
    kept.push(cost <= share ? item : cutTo(item, share - 1, costs));
    left -= Math.min(cost, share);
  }
  return kept;
}

/** The small members whole, the large ones shortened alike; in their order. */
function members(whole: JsonObject, room: number, costs: Costs): JsonValue {
  const all = Object.entries(whole).map(([name, value]) => {
    return { name, value, cost: nameCost(name) + costOf(value, costs) + 2 };
  });
  const kept = new Map<string, JsonValue>();
  let left = room;
  let behind = all.length;
  for (const { name, value, cost } of all.toSorted((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1))) {
    const share = shareOf(left, behind--);
    const valueRoom = Math.min(cost, share) - nameCost(name) - 2;
    if (cost > share && valueRoom < leastPart) continue;
    kept.set(name, cost <= share ? value : cutTo(value, valueRoom, costs));
    left -= Math.min(cost, share);
  }
  return Object.fromEntries(
    all.flatMap(({ name }) => {
      const value = kept.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function shareOf(left: number, behind: number): number {
  return Math.min(left, Math.max(leastShare, Math.floor(left / behind)));
}

/** The beginning of a text that is longer: whole characters, of so many bytes with the ellipsis. */
function beginning(text: string, bytes: number): string {
  let left = bytes - utf8Length(ellipsis);
  let units = 0;
  for (const character of text) {
    left -= utf8Length(character);
    if (left < 0) break;
    units += character.length;
  }
  return text.slice(0, units) + ellipsis;
}
