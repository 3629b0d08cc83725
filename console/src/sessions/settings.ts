import type { JsonObject, JsonValue } from '@toolruntime/client';

/** A session's parameters as its form shows them. */
export interface Settings {
  /** The model of messages that name none; empty for the server's choice. */
  readonly model: string;
  /** Tools that wait for approval; `*` is every one. */
  readonly approvalRequired: readonly string[];
  /** Tools that people have allowed for good, whatever asks for approval. */
  readonly approvalGranted: readonly string[];
  /** All other parameters. */
  readonly others: JsonObject;
}

/** Reads parameters; what is malformed counts as absent, as it does for the server. */
export function settingsOf(parameters: JsonObject): Settings {
  const { model, approvalRequired, approvalGranted, ...others } = parameters;
  return {
    model: typeof model === 'string' ? model : '',
    approvalRequired: names(approvalRequired),
    approvalGranted: names(approvalGranted),
    others,
  };
}

function names(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** What has to be merged into `parameters` to make them say `settings`: changed ones, and `null` for those that go. */
export function changesTo(
  parameters: JsonObject,
  { model, approvalRequired, approvalGranted, others }: Settings,
): JsonObject {
  const wanted: JsonObject = {
    ...others,
    ...(model === '' ? {} : { model }),
    ...(approvalRequired.length === 0 ? {} : { approvalRequired: [...approvalRequired] }),
    ...(approvalGranted.length === 0 ? {} : { approvalGranted: [...approvalGranted] }),
  };
  const changes: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(wanted)) {
    if (JSON.stringify(value) !== JSON.stringify(parameters[name])) changes[name] = value;
  }
  for (const name of Object.keys(parameters)) if (!Object.hasOwn(wanted, name)) changes[name] = null;
  return changes;
}

/** Reads the other parameters as typed; `undefined` if that is no JSON object, or has one that the form has a field for. */
export function parseOthers(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return ['model', 'approvalRequired', 'approvalGranted'].some((name) => name in value)
      ? undefined
      : (value as JsonObject);
  } catch {
    return undefined;
  }
}
