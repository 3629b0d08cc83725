import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useEffect, useState } from 'react';

/** A tool that the server has. */
export interface KnownTool {
  readonly name: string;
  readonly description: string;
  /** Whether it waits for approval whatever a session says. */
  readonly needsApproval: boolean;
}

/** What the server says of itself. */
interface Offer {
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
export function useUsualModel(session: Session): string | undefined {
  const named = useSessionValue(session, (s) => s.view.parameters.model);
  const offer = useOffer();
  return typeof named === 'string' && named !== '' ? named : offer?.defaultModel;
}

/** The model without a model, which takes lines as calls. */
export const directive = 'directive';

function useOffer(): Offer | undefined | null {
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
  const response = await fetch('/v1/tools', { headers: { accept: 'application/json' }, signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { tools, defaultModel } = (await response.json()) as { tools: KnownTool[]; defaultModel?: unknown };
  return {
    tools: tools.map(({ name, description, needsApproval }) => ({ name, description, needsApproval })),
    defaultModel: typeof defaultModel === 'string' ? defaultModel : undefined,
  };
}
