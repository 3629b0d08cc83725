import type { JsonObject, Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useEffect, useState } from 'react';
import { ask } from '../app/connection.ts';

/** A tool that the server has. */
export interface KnownTool {
  readonly name: string;
  readonly description: string;
  /** Whether it waits for approval whatever a session says. */
  readonly needsApproval: boolean;
  /** The JSON schema of its arguments. */
  readonly parameters: JsonObject;
  /** Why no model is offered it: a service that it needs is missing, say. */
  readonly notForModels?: string;
}

/** What the server says of itself. */
export interface Offer {
  readonly tools: readonly KnownTool[];
  /** The model of messages that name none; servers may not say. */
  readonly defaultModel: string | undefined;
}

/** The server's tools; `undefined` until they are known, `null` if the server does not say. */
export function useTools(): readonly KnownTool[] | undefined | null {
  const offer = useOffer();
  return offer === undefined || offer === null ? offer : offer.tools;
}

/** The model that answers a message which names none; `undefined` while that is not known. */
export function useUsualModel(session: Session, offer: Offer | undefined | null): string | undefined {
  const named = useSessionValue(session, (s) => s.view.parameters.model);
  return typeof named === 'string' && named !== '' ? named : offer?.defaultModel;
}

/** The model without a model, which takes lines as calls. */
export const directive = 'directive';

/** What the server has; `undefined` until it is known, `null` if the server does not say. */
export function useOffer(): Offer | undefined | null {
  const [offer, setOffer] = useState<Offer | null>();
  useEffect(() => {
    const asked = new AbortController();
    read(asked.signal).then(setOffer, () => {
      if (!asked.signal.aborted) setOffer(null);
    });
    return () => asked.abort();
  }, []);
  return offer;
}

async function read(signal: AbortSignal): Promise<Offer> {
  const response = await ask('/v1/tools', { headers: { accept: 'application/json' }, signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { tools, defaultModel } = (await response.json()) as { tools: KnownTool[]; defaultModel?: unknown };
  return {
    tools,
    defaultModel: typeof defaultModel === 'string' ? defaultModel : undefined,
  };
}
