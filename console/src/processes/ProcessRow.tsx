import type { ProcessInfo } from '@toolruntime/client';
import { navigate } from '../app/route.ts';
import { lastSession } from '../sessions/sessions.ts';
import { Button } from '../ui/Button.tsx';
import { bytes, when } from '../ui/format.ts';
import { report } from '../ui/report.ts';
import { attach, type Signal, sendSignal, signals } from './api.ts';
import { Controls } from './Controls.tsx';
import { Origin } from './Origin.tsx';
import type { Line } from './table.ts';

const states: Readonly<Record<string, readonly [label: string, tone: string | undefined]>> = {
  running: ['running', 'busy'],
  sleeping: ['sleeping', undefined],
  disk_wait: ['waits for a device', 'warn'],
  stopped: ['stopped', 'warn'],
  traced: ['held by a debugger', 'warn'],
  zombie: ['ended', 'bad'],
};

const amount = (value: number | undefined) => (value === undefined ? '–' : bytes(value));

/** One process, and what can be done with it. */
export function ProcessRow({ line: { process, depth }, host }: { readonly line: Line; readonly host: boolean }) {
  const [state, tone] = states[process.state] ?? [process.state, undefined];
  return (
    <tr data-testid="process" data-pid={process.pid}>
      <th scope="row" title={`${process.command || process.name}, on ${process.host}`}>
        <span className="process-line" style={{ paddingInlineStart: `${Math.min(depth, 12) * 14}px` }}>
          {process.command || `(${process.name})`}
        </span>
      </th>
      <td>{process.pid}</td>
      <td>{process.user}</td>
      <td data-tone={tone}>
        {state}
        {process.waitsForInput ? <span className="process-waits"> waits for input</span> : null}
      </td>
      <td>{process.cpuPercent === undefined ? '–' : `${process.cpuPercent.toFixed(1)} %`}</td>
      <td>{bytes(process.memoryBytes)}</td>
      <td>{process.threads}</td>
      <td>{process.openFiles ?? '–'}</td>
      <td>{amount(process.readBytes)}</td>
      <td>{amount(process.writtenBytes)}</td>
      <td>{process.ports.join(', ')}</td>
      <td>{when(process.startedAt)}</td>
      <td>
        <Origin process={process} />
      </td>
      <td className="process-actions">{process.server ? null : <Actions process={process} host={host} />}</td>
    </tr>
  );
}

function Actions({ process, host }: { readonly process: ProcessInfo; readonly host: boolean }) {
  const name = process.name;
  const session = lastSession();
  const send = (signal: Signal) => report(`${signal} to ${name}`, sendSignal(process, signal));
  const watch = (to: string) =>
    report(
      `Attach to ${name}`,
      attach(process, to).then(() => navigate(to)),
    );
  return (
    <>
      <Controls process={process} />
      <select
        className="field"
        aria-label={`Send a signal to ${name}, ${process.pid}`}
        data-testid="process-signal"
        value=""
        onChange={(event) => send(event.target.value as Signal)}
      >
        <option value="" disabled>
          Signal
        </option>
        {signals.map((signal) => (
          <option key={signal}>{signal}</option>
        ))}
      </select>
      {host && session !== undefined ? (
        <Button
          label="Attach"
          kind="quiet"
          className="button-small"
          testId="process-attach"
          aria-label={`Attach to ${name}, ${process.pid}`}
          onClick={() => watch(session)}
        />
      ) : null}
    </>
  );
}
