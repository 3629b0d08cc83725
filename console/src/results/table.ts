import type { JsonObject, JsonValue } from '@toolruntime/client';

/** Rows of equal objects. */
export interface Table {
  /** The member of the result that they stand in; empty for the result itself. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
}

const maxColumns = 12;
const maxTables = 3;
/** A column that fewer rows than this part of them have says that they are no table. */
const common = 0.5;

/** The tables in a result: itself or its members, where they are arrays of at least two objects that are alike. */
export function tablesOf(result: JsonValue | undefined): readonly Table[] {
  if (Array.isArray(result)) return tableOf('', result);
  if (typeof result !== 'object' || result === null) return [];
  return Object.entries(result)
    .flatMap(([name, value]) => (Array.isArray(value) ? tableOf(name, value) : []))
    .slice(0, maxTables);
}

function tableOf(name: string, values: readonly JsonValue[]): readonly Table[] {
  const rows = values.filter(
    (value): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value),
  );
  if (rows.length < 2 || rows.length !== values.length) return [];
  const counts = new Map<string, number>();
  for (const row of rows) for (const key of Object.keys(row)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const columns = [...counts.keys()];
  const shared = [...counts.values()].filter((n) => n >= rows.length * common).length;
  if (columns.length === 0 || columns.length > maxColumns || shared < columns.length / 2) return [];
  return [{ name, columns, rows }];
}

/** How a table is sorted. */
export interface Order {
  readonly column: string;
  readonly down: boolean;
}

/** Rows in order: numbers by size, texts as people sort them, what is missing last. */
export function sorted(rows: readonly JsonObject[], order: Order | undefined): readonly JsonObject[] {
  if (order === undefined) return rows;
  const { column, down } = order;
  const compare = (a: JsonValue | undefined, b: JsonValue | undefined): number => {
    const [none, other] = [a === undefined || a === null, b === undefined || b === null];
    if (none || other) return Number(none) - Number(other);
    const by = typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(cellText(a), cellText(b));
    return down ? -by : by;
  };
  return [...rows].sort((a, b) => compare(a[column], b[column]));
}

const words = new Intl.Collator(undefined, { numeric: true });

export function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : JSON.stringify(value);
}
