import type { JsonValue } from '@toolruntime/client';

const telling = ['command', 'path', 'url', 'query', 'prompt', 'action', 'name'];

/** The argument that says most about a call, in one line: its command, path or address, else all of them. */
export function describeArguments(value: JsonValue): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return oneLine(JSON.stringify(value));
  const entries = Object.entries(value);
  if (entries.length === 0) return '';
  for (const key of telling) {
    const found = entries.find(([name]) => name === key)?.[1];
    if (typeof found === 'string') return oneLine(found);
  }
  return oneLine(entries.map(([name, v]) => `${name}=${typeof v === 'string' ? v : JSON.stringify(v)}`).join(' '));
}

function oneLine(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ⏎ ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** A result for people: text as it is, anything else as indented JSON. */
export function showValue(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
