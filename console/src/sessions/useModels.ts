import { useEffect, useState } from 'react';
import { ask } from '../app/connection.ts';

/** A model that a message may name. */
export interface KnownModel {
  readonly name: string;
  readonly provider: string;
  /** For people. */
  readonly title: string;
  /** Answers messages that name none, in sessions that name none. */
  readonly default?: boolean;
}

let asked: Promise<readonly KnownModel[]> | undefined;

/** The models that the server has been set up with, from when they are wanted; none until they are known. */
export function useModels(wanted: boolean): readonly KnownModel[] {
  const [models, setModels] = useState<readonly KnownModel[]>([]);
  useEffect(() => {
    if (!wanted) return undefined;
    let here = true;
    asked ??= read();
    asked.then(
      (known) => here && setModels(known),
      () => {
        asked = undefined;
      },
    );
    return () => {
      here = false;
    };
  }, [wanted]);
  return models;
}

async function read(): Promise<readonly KnownModel[]> {
  const response = await ask('/v1/models', { headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return ((await response.json()) as { models: KnownModel[] }).models;
}
