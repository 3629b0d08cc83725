import type { Session, ViewMessage } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useId, useMemo } from 'react';
import { usedModels } from './models.ts';

interface ModelInputProps {
  readonly id: string;
  readonly testId: string;
  readonly session: Session;
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (model: string) => void;
}

/** Where a model is named, with those that were seen before to choose from. */
export function ModelInput({ id, testId, session, value, placeholder, onChange }: ModelInputProps) {
  const list = useId();
  const messages = useSessionValue(session, (s) => s.view.messages);
  const names = useMemo(() => seenModels(messages), [messages]);
  return (
    <>
      <input
        id={id}
        className="field"
        data-testid={testId}
        list={list}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function seenModels(messages: readonly ViewMessage[]): readonly string[] {
  return [...new Set([...messages.flatMap((m) => m.model ?? []), ...usedModels()])];
}
