import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { JobRow } from './JobRow.tsx';
import { type Filter, filterLabels, filters } from './status.ts';
import { useJobs } from './useJobs.ts';

const pageSize = 50;
const most = 200;

/** The jobs that the caller may read, the newest first, live while the page is seen. */
export function JobsView() {
  const [filter, setFilter] = useState<Filter>('all');
  const [tool, setTool] = useState('');
  const [limit, setLimit] = useState(pageSize);
  const { jobs, more, error, refresh } = useJobs(filter, tool.trim(), limit);
  return (
    <main className="jobs" data-testid="jobs" aria-label="Jobs">
      <header className="jobs-head">
        <h2>Jobs</h2>
        <fieldset className="jobs-filters" aria-label="State">
          {filters.map((each) => (
            <Button
              key={each}
              label={filterLabels[each]}
              kind="quiet"
              className="button-small"
              aria-pressed={each === filter}
              testId={`jobs-filter-${each}`}
              onClick={() => setFilter(each)}
            />
          ))}
        </fieldset>
        <input
          type="search"
          aria-label="Tool"
          className="field jobs-tool"
          data-testid="jobs-tool"
          placeholder="Tool"
          autoComplete="off"
          spellCheck={false}
          value={tool}
          onChange={(event) => setTool(event.target.value)}
        />
      </header>
      {error === undefined ? null : (
        <p className="hint" role="status" data-testid="jobs-error">
          {error}
        </p>
      )}
      {jobs?.length === 0 ? (
        <p className="hint" data-testid="jobs-none">
          {filter === 'all' && tool === '' ? 'No jobs yet. “Run as job” beside a call makes one.' : 'No such jobs.'}
        </p>
      ) : null}
      <ul className="jobs-list" aria-label="Jobs, the newest first">
        {jobs?.map((job) => (
          <JobRow key={job.jobId} job={job} changed={refresh} />
        ))}
      </ul>
      {more && limit < most ? (
        <Button
          label="Show more"
          kind="quiet"
          testId="jobs-more"
          onClick={() => setLimit(Math.min(most, limit + pageSize))}
        />
      ) : null}
    </main>
  );
}
