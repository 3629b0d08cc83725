import { useEffect, useState } from 'react';

/** A tool that the server has. */
export interface KnownTool {
  readonly name: string;
  readonly description: string;
  /** Whether it waits for approval whatever a session says. */
  readonly needsApproval: boolean;
}

/** The server's tools; `undefined` until they are known, `null` if the server does not say. */
export function useTools(): readonly KnownTool[] | undefined | null {
  const [tools, setTools] = useState<readonly KnownTool[] | null>();
  useEffect(() => {
    const asked = new AbortController();
    read(asked.signal).then(setTools, () => {
      if (!asked.signal.aborted) setTools(null);
    });
    return () => asked.abort();
  }, []);
  return tools;
}

async function read(signal: AbortSignal): Promise<readonly KnownTool[]> {
  const response = await fetch('/v1/tools', { headers: { accept: 'application/json' }, signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { tools } = (await response.json()) as { tools: KnownTool[] };
  return tools.map(({ name, description, needsApproval }) => ({ name, description, needsApproval }));
}
