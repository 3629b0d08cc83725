import type { Session, ViewBatch } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { summaryOf } from './summary.ts';

/** The numbers of a batch that has ended. */
export function Summary({ session, batch }: { readonly session: Session; readonly batch: ViewBatch }) {
  const figures = useSessionValue(session, (s) => summaryOf(s.view, batch));
  if (figures.length === 0) return null;
  return (
    <ul className="batch-summary" data-testid="batch-summary" aria-label="What it came to">
      {figures.map(({ name, text, title }) => (
        <li key={name} data-figure={name} title={title}>
          {text}
        </li>
      ))}
    </ul>
  );
}
