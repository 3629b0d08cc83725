import type { ProcessInfo } from '@toolruntime/client';
import { navigate, sessionPath, showNamed } from '../app/route.ts';

/** The tool that has started a process, or the named process that it is a run of, with the way to its session. */
export function Origin({ process: { server, session, tenant, tool, named } }: { readonly process: ProcessInfo }) {
  if (server) return <>the server</>;
  if (session === undefined) return null;
  if (tenant !== undefined) return <>{`${tool} of ${tenant}`}</>;
  const query = named === undefined ? '' : `?processes=${encodeURIComponent(named)}`;
  return (
    <a
      href={`${sessionPath(session)}${query}`}
      title={`Open session ${session}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        navigate(session);
        if (named !== undefined) showNamed(named);
      }}
    >
      {named ?? tool}
    </a>
  );
}
