import type { JsonObject, JsonValue } from '@toolruntime/client';

/** A session's parameters as its form shows them. */
export interface Settings {
  /** The model of messages that name none; empty for the server's choice. */
  readonly model: string;
  /** Tools that wait for approval; `*` is every one. */
  readonly approvalRequired: readonly string[];
  /** All other parameters. */
  readonly others: JsonObject;
}

/** Reads parameters; what is malformed counts as absent, as it does for the server. */
export function settingsOf(parameters: JsonObject): Settings {
  const { model, approvalRequired, ...others } = parameters;
  return {
    model: typeof model === 'string' ? model : '',
    approvalRequired: Array.isArray(approvalRequired) ? approvalRequired.filter((n) => typeof n === 'string') : [],
    others,
  };
}

/** What has to be merged into `parameters` to make them say `settings`: changed ones, and `null` for those that go. */
export function changesTo(parameters: JsonObject, { model, approvalRequired, others }: Settings): JsonObject {
  const wanted: JsonObject = {
    ...others,
    ...(model === '' ? {} : { model }),
    ...(approvalRequired.length === 0 ? {} : { approvalRequired: [...approvalRequired] }),
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
    return 'model' in value || 'approvalRequired' in value ? undefined : (value as JsonObject);
  } catch {
    return undefined;
  }
}
