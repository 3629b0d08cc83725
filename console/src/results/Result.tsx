import type { Session, ViewExecution } from '@toolruntime/client';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';
import { DiffView } from './DiffView.tsx';
import { changeOf, createdOf } from './diff.ts';
import { FileLinks } from './FileLinks.tsx';
import { filesOf } from './files.ts';
import { SearchHits } from './SearchHits.tsx';
import { hitsOf, isSearch } from './search.ts';
import { TableView } from './TableView.tsx';
import { tablesOf } from './table.ts';

interface ResultProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

/** What a tool has found, changed or made, as such: pages, differences, files, tables. What none of these is stays with the details. */
export function Result({ session, executionId, execution }: ResultProps) {
  const [whole, setWhole] = useState<ViewExecution>();
  if (isSearch(execution)) {
    const hits = hitsOf(execution);
    return hits.length === 0 ? null : <SearchHits hits={hits} />;
  }
  const known = whole?.state === execution.state ? whole : execution;
  const { result } = known;
  if (result === undefined) return null;
  const told = changeOf(result);
  const change = told ?? createdOf(known);
  const cut = known.shortened?.includes(told === undefined && change !== undefined ? 'arguments' : 'result') ?? false;
  const left = filesOf(result);
  const tables = tablesOf(result).filter(
    ({ name }) => !(name === 'content' || (left !== undefined && name === 'files')),
  );
  if (change === undefined && left === undefined && tables.length === 0) return null;
  return (
    <>
      {change === undefined ? null : <DiffView sessionId={session.id} change={change} cut={cut} />}
      {left === undefined ? null : <FileLinks sessionId={session.id} left={left} />}
      {tables.map((table) => (
        <TableView key={table.name} table={table} />
      ))}
      {cut ? (
        <Button
          label="Show all of it"
          kind="quiet"
          className="button-small result-whole"
          testId="result-whole"
          onClick={() => report('Reading the tool', session.toolDetails(executionId).then(setWhole))}
        />
      ) : null}
    </>
  );
}
