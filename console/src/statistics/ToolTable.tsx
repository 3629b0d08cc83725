import { bytes } from '../ui/format.ts';
import type { Breaker, Statistics, ToolFigures } from './api.ts';
import { compact, percent, spent } from './figures.ts';

interface ToolTableProps {
  readonly statistics: Statistics;
  /** The tool whose curves are shown; `undefined` for all. */
  readonly chosen: string | undefined;
  readonly choose: (tool: string | undefined) => void;
}

const breakers: Readonly<Record<Breaker, readonly [label: string, tone: string]>> = {
  closed: ['closed', 'good'],
  half_open: ['half open', 'warn'],
  open: ['open', 'bad'],
};

/** The figures of each tool; one can be chosen for the charts. */
export function ToolTable({ statistics, chosen, choose }: ToolTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached without a pointer.
    <section className="figures" aria-label="Tools" tabIndex={0}>
      <table data-testid="statistics-table">
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col">Calls</th>
            <th scope="col">Success</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">p99</th>
            <th scope="col">Retries</th>
            <th scope="col">Time-outs</th>
            <th scope="col">Handed on</th>
            <th scope="col">Cached</th>
            <th scope="col">Running</th>
            <th scope="col">Waiting</th>
            <th scope="col">Breaker</th>
            <th scope="col">CPU</th>
            <th scope="col">Memory</th>
            <th scope="col">Services</th>
            <th scope="col">In</th>
            <th scope="col">Out</th>
          </tr>
        </thead>
        <tbody>
          {statistics.tools.map((tool) => (
            <Row key={tool.tool} tool={tool} chosen={tool.tool === chosen} choose={choose} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({
  tool,
  chosen,
  choose,
}: Pick<ToolTableProps, 'choose'> & { readonly tool: ToolFigures; readonly chosen: boolean }) {
  const [breaker, tone] = tool.breaker === undefined ? ['–', undefined] : breakers[tool.breaker];
  const memory = tool.measured ? `${bytes((tool.peakMemoryBytes ?? 0) / tool.measured)} each on average` : undefined;
  return (
    <tr data-tool={tool.tool} data-chosen={chosen}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={chosen}
          data-testid="statistics-tool"
          title={chosen ? 'Show all tools in the charts' : `Show ${tool.tool} in the charts`}
          onClick={() => choose(chosen ? undefined : tool.tool)}
        >
          {tool.tool}
        </button>
      </th>
      <td>{compact(tool.calls)}</td>
      <td data-tone={(tool.successRate ?? 1) < 0.5 ? 'bad' : undefined}>{percent(tool.successRate)}</td>
      <td>{spent(tool.p50Ms)}</td>
      <td>{spent(tool.p95Ms)}</td>
      <td>{spent(tool.p99Ms)}</td>
      <td>{compact(tool.retries)}</td>
      <td>{compact(tool.timeouts)}</td>
      <td>{compact(tool.fallbacks)}</td>
      <td>{compact(tool.cacheHits)}</td>
      <td>{tool.running}</td>
      <td>{tool.waiting}</td>
      <td data-tone={tone === 'good' ? undefined : tone}>{breaker}</td>
      <td>{tool.measured ? spent(tool.cpuMs) : '–'}</td>
      <td title={memory}>{tool.measured ? bytes(tool.largestPeakBytes ?? 0) : '–'}</td>
      <td>{tool.apiCalls ? compact(tool.apiCalls) : '–'}</td>
      <td>{tool.bytesIn ? bytes(tool.bytesIn) : '–'}</td>
      <td>{tool.bytesOut ? bytes(tool.bytesOut) : '–'}</td>
    </tr>
  );
}
