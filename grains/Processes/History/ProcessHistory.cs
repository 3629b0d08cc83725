using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.Metrics;
using ToolRuntime.Sessions;

namespace ToolRuntime.Processes.History;

/// <summary>
/// Remembers for a day, in memory, what the processes of tools on this silo took, each execution's and each tenant's together, and their ends and restarts. Safe to call from any
/// thread.
/// </summary>
internal sealed class ProcessHistory(ProcessMeters meters, IOptions<ProcessHistoryOptions> options, TimeProvider time) : IProcessMeter
{
    private readonly ProcessHistoryOptions options = options.Value;
    private readonly Lock gate = new();
    private readonly Dictionary<ProcessUse, MeasuredRun> runs = [];
    private readonly Dictionary<(string Tenant, ExecutionName Execution), ExecutionLine> lines = [];
    private readonly Dictionary<string, TenantLine> tenants = new(StringComparer.Ordinal);

    /// <summary>Whether anything runs that has to be measured.</summary>
    public bool IsIdle
    {
        get { lock (gate) return runs.Count == 0; }
    }

    public void Begin(ProcessUse use)
    {
        if (!options.Enabled) return;
        meters.Begin(use.Owner.Tool);
        lock (gate)
        {
            var tenant = TenantOf(use.Owner.Tenant);
            var line = LineOf(use.Owner, tenant);
            runs[use] = new(use, tenant, line);
            line?.Begin();
            if (tenant is null) return;
            tenant.Runs++;
            tenant.ActiveAt = time.GetUtcNow();
        }
    }

    public void End(ProcessUse use, ProcessUseEnd end)
    {
        lock (gate)
        {
            if (!runs.Remove(use, out var run)) return;
            var (cpu, output) = run.Take(end.CpuMs, null);
            meters.Add(use.Owner.Tool, cpu, output);
            run.Line?.End(end, time.GetUtcNow());
            if (run.Tenant is not { } tenant) return;
            tenant.Runs--;
            tenant.ActiveAt = time.GetUtcNow();
        }
    }

    /// <summary>Notes the ends and restarts of a decision that is committed. Never throws.</summary>
    public void Record(SessionKey session, SessionTurn turn)
    {
        if (!options.Enabled || !turn.Entries.Any(entry => ProcessMoves.May(entry.Event))) return;
        foreach (var move in ProcessMoves.Of(session, turn))
        {
            lock (gate)
            {
                // The run's own word, where the run was here.
                var known = move.ExitCode is null && lines.TryGetValue((session.Tenant, move.Execution), out var line) ? move with { ExitCode = line.ExitCode } : move;
                meters.Add(known);
                if (TenantOf(session.Tenant) is not { } tenant) continue;
                tenant.Add(known);
                tenant.ActiveAt = move.At;
            }
        }
    }

    /// <summary>Ends a step.</summary>
    /// <param name="number">The step's.</param>
    /// <param name="seconds">How long it was.</param>
    /// <param name="found">What there is now.</param>
    public void Sample(long number, double seconds, IReadOnlyDictionary<ProcessOwner, ProcessFigures> found)
    {
        var oldest = time.GetUtcNow() - TimeSpan.FromHours(options.KeepHours);
        lock (gate)
        {
            foreach (var run in runs.Values)
            {
                ProcessFigures? figures = found.TryGetValue(run.Use.Owner, out var there) ? there : null;
                var (cpu, output) = run.Take(figures?.CpuMs, figures);
                meters.Add(run.Use.Owner.Tool, cpu, output);
            }

            meters.Show(runs.Keys.Select(use => (use.Owner.Tool, found.GetValueOrDefault(use.Owner))));
            foreach (var line in lines.Values) line.Sample(number, seconds);
            foreach (var tenant in tenants.Values) tenant.Sample(number, seconds);
            foreach (var (name, line) in lines) if (line.EndedAt < oldest) lines.Remove(name);
            foreach (var tenant in tenants.Values) tenant.Forget(move => move.At < oldest);
            foreach (var (name, tenant) in tenants) if (tenant.Runs == 0 && tenant.ActiveAt < oldest) tenants.Remove(name);
        }
    }

    /// <summary>What a tenant's processes took from a second on up to another.</summary>
    public SiloUse List(string tenant, long from, long to)
    {
        lock (gate)
        {
            var known = tenants.GetValueOrDefault(tenant);
            return new(
                [.. lines.Where(line => line.Key.Tenant == tenant).Select(line => line.Value.Within(from, to)).OfType<ExecutionUse>()],
                [.. (known?.Exits ?? []).Where(IsWithin)],
                [.. (known?.Restarts ?? []).Where(IsWithin)],
                known?.Dropped ?? 0);
        }

        bool IsWithin(ProcessMove move) => move.At.ToUnixTimeSeconds() is var at && at >= from && at < to;
    }

    /// <summary>The same as curves.</summary>
    public SiloCurves Read(UseQuery query)
    {
        var steps = new MetricQuery([], query.From, query.Steps, query.StepSeconds);
        lock (gate)
        {
            var each = query.Each.Where(name => lines.ContainsKey((query.Tenant, name)))
                .Select(name => KeyValuePair.Create(name, CurvesOf(lines[(query.Tenant, name)], steps)));
            return new(query.Of is { } some ? Sum(query.Tenant, some, steps) : All(query.Tenant, steps), [.. each]);
        }
    }

    /// <summary>Forgets what belongs to a session; what all of the tenant's took together stays.</summary>
    public void Forget(SessionKey session)
    {
        lock (gate)
        {
            foreach (var name in lines.Keys.Where(name => name.Tenant == session.Tenant && name.Execution.Session == session.Session).ToList()) lines.Remove(name);
            tenants.GetValueOrDefault(session.Tenant)?.Forget(move => move.Execution.Session == session.Session);
        }
    }

    private static float[] Nothing(int steps)
    {
        var nothing = new float[steps];
        Array.Fill(nothing, float.NaN);
        return nothing;
    }

    private static ImmutableArray<float[]> CurvesOf(ExecutionLine line, MetricQuery steps) =>
        [.. Enumerable.Range(0, UseSeries.OfExecution).Select(series => line.Read(steps, series))];

    private ImmutableArray<float[]> All(string tenant, MetricQuery steps) =>
        [.. UseSeries.All.Select((_, series) => tenants.GetValueOrDefault(tenant)?.Read(steps, series) ?? Nothing(steps.Steps))];

    /// <summary>Of some executions, where anything was measured: nothing of them is zero then.</summary>
    private ImmutableArray<float[]> Sum(string tenant, ImmutableArray<ExecutionName> some, MetricQuery steps)
    {
        var all = tenants.GetValueOrDefault(tenant);
        return
        [
            .. Enumerable.Range(0, UseSeries.OfExecution).Select(series =>
            {
                var sum = all?.Read(steps, series) ?? Nothing(steps.Steps);
                for (var i = 0; i < sum.Length; i++) sum[i] *= 0;
                foreach (var name in some)
                {
                    if (!lines.TryGetValue((tenant, name), out var line)) continue;
                    var values = line.Read(steps, series, whole: true);
                    for (var i = 0; i < sum.Length; i++) if (float.IsFinite(values[i])) sum[i] = float.IsFinite(sum[i]) ? sum[i] + values[i] : values[i];
                }

                return sum;
            }),
        ];
    }

    /// <summary>The tenant's; room for it is made of the one that was idle for longest. Null: all are busy.</summary>
    private TenantLine? TenantOf(string name)
    {
        if (tenants.TryGetValue(name, out var known)) return known;
        if (tenants.Count >= options.MaxTenants)
        {
            var idle = tenants.Where(tenant => tenant.Value.Runs == 0).OrderBy(tenant => tenant.Value.ActiveAt).Select(tenant => tenant.Key).FirstOrDefault();
            if (idle is null) return null;
            tenants.Remove(idle);
            foreach (var line in lines.Keys.Where(line => line.Tenant == idle).ToList()) lines.Remove(line);
        }

        return tenants[name] = new(options);
    }

    /// <summary>The execution's; room for it is made of the oldest that has ended, of the tenant that has the most. Null: all of them run.</summary>
    private ExecutionLine? LineOf(ProcessOwner owner, TenantLine? tenant)
    {
        if (tenant is null) return null;
        var key = (owner.Tenant, new ExecutionName(owner.Session, owner.ExecutionId));
        if (lines.TryGetValue(key, out var known)) return known;
        if (lines.Count >= options.MaxExecutions)
        {
            var ended = lines.Where(line => !line.Value.Runs).GroupBy(line => line.Key.Tenant).OrderByDescending(lines => lines.Count()).FirstOrDefault();
            if (ended?.MinBy(line => line.Value.EndedAt).Key is not { } oldest)
            {
                tenant.Dropped++;
                return null;
            }

            lines.Remove(oldest);
            if (tenants.TryGetValue(oldest.Tenant, out var loser)) loser.Dropped++;
        }

        return lines[key] = new(owner, time.GetUtcNow(), options);
    }
}
