import { spent } from '../statistics/figures.ts';
import { bytes } from '../ui/format.ts';

/** One curve of a chart. */
export interface PanelCurve {
  /** The server's series. */
  readonly name: string;
  readonly label: string;
  readonly colour: string;
}

/** A chart: what is drawn, and how its values are read. */
export interface Panel {
  readonly title: string;
  readonly format: (value: number) => string;
  readonly curves: readonly PanelCurve[];
}

export const number = (value: number) => value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
const perSecond = (value: number) => `${number(value)}/s`;
const seconds = (value: number) => (value > 0 && value < 0.01 ? `${number(value * 1_000)} ms` : spent(value * 1_000));
export const bytesPerSecond = (value: number) => `${bytes(Math.round(value))}/s`;
export const processors = (value: number) => `${number(value * 100)} %`;

/** The half, and the slowest of a hundred. */
function times(name: string): readonly PanelCurve[] {
  return [
    { name: `${name}.p99`, label: 'p99', colour: '--bad' },
    { name: `${name}.p50`, label: 'p50', colour: '--busy' },
  ];
}

export const panels: readonly Panel[] = [
  {
    title: 'Executions',
    format: number,
    curves: [
      { name: 'executions.running', label: 'Running', colour: '--busy' },
      { name: 'queue.length', label: 'Queued', colour: '--warn' },
    ],
  },
  { title: 'Wait in the queue', format: seconds, curves: times('queue.wait') },
  {
    title: 'Sessions',
    format: number,
    curves: [
      { name: 'sessions.open', label: 'Looked at', colour: '--busy' },
      { name: 'sessions.held', label: 'In memory', colour: '--muted' },
    ],
  },
  { title: 'Connections', format: number, curves: [{ name: 'connections', label: 'Open', colour: '--busy' }] },
  { title: 'Append to the log', format: seconds, curves: times('append') },
  { title: 'Delivery to clients', format: seconds, curves: times('delivery') },
  { title: 'Answers of models', format: seconds, curves: times('model') },
  { title: 'Commands', format: seconds, curves: times('commands') },
  {
    title: 'Errors',
    format: perSecond,
    curves: [
      { name: 'executions.failed', label: 'Executions', colour: '--bad' },
      { name: 'commands.refused', label: 'Commands', colour: '--warn' },
      { name: 'model.failed', label: 'Models', colour: '--busy' },
      { name: 'append.failed', label: 'Log', colour: '--text' },
    ],
  },
  {
    title: 'Work',
    format: perSecond,
    curves: [
      { name: 'commands', label: 'Commands', colour: '--busy' },
      { name: 'executions.ended', label: 'Executions ended', colour: '--good' },
      { name: 'append', label: 'Events written', colour: '--warn' },
      { name: 'delivery.events', label: 'Events sent', colour: '--muted' },
    ],
  },
  { title: 'Sent', format: bytesPerSecond, curves: [{ name: 'delivery.bytes', label: 'Bytes', colour: '--busy' }] },
  { title: 'Processor', format: processors, curves: [{ name: 'process.cpu', label: 'Used', colour: '--busy' }] },
  { title: 'Memory', format: bytes, curves: [{ name: 'process.memory', label: 'Used', colour: '--busy' }] },
];

/** Every series that is drawn, once. */
export const panelNames: readonly string[] = [
  ...new Set(panels.flatMap(({ curves }) => curves.map(({ name }) => name))),
];
