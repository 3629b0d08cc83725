import type { JsonObject, JsonValue } from '@toolruntime/client';

/** A session's parameters as its form shows them. */
export interface Settings {
  /** The model of messages that name none; empty for the server's choice. */
  readonly model: string;
  /** Tools that wait for approval; `*` is every one. */
  readonly approvalRequired: readonly string[];
  /** Tools that people have allowed for good, whatever asks for approval. */
  readonly approvalGranted: readonly string[];
  /** How much models think before they answer; empty for the server's choice. */
  readonly reasoning: string;
  /** Whether what they think is shown. */
  readonly showReasoning: boolean;
  /** All other parameters. */
  readonly others: JsonObject;
}

/** How much a model may think. */
export const efforts: readonly string[] = ['none', 'low', 'medium', 'high'];

/** Parameters that the form has a field for. */
const fields = ['model', 'approvalRequired', 'approvalGranted', 'reasoning', 'showReasoning'];

/** Reads parameters; what is malformed counts as absent, as it does for the server. */
export function settingsOf(parameters: JsonObject): Settings {
  const { model, approvalRequired, approvalGranted, reasoning, showReasoning, ...others } = parameters;
  return {
    model: typeof model === 'string' ? model : '',
    approvalRequired: names(approvalRequired),
    approvalGranted: names(approvalGranted),
    reasoning: typeof reasoning === 'string' && efforts.includes(reasoning) ? reasoning : '',
    showReasoning: showReasoning === true,
    others,
  };
}

function names(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** What has to be merged into `parameters` to make them say `settings`: changed ones, and `null` for those that go. */
export function changesTo(
  parameters: JsonObject,
  { model, approvalRequired, approvalGranted, reasoning, showReasoning, others }: Settings,
): JsonObject {
  const wanted: JsonObject = {
    ...others,
    ...(model === '' ? {} : { model }),
    ...(approvalRequired.length === 0 ? {} : { approvalRequired: [...approvalRequired] }),
    ...(approvalGranted.length === 0 ? {} : { approvalGranted: [...approvalGranted] }),
    ...(reasoning === '' ? {} : { reasoning }),
    ...(showReasoning ? { showReasoning } : {}),
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
    return fields.some((name) => name in value) ? undefined : (value as JsonObject);
  } catch {
    return undefined;
  }
}
