using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Metrics;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/metrics/history?names=&amp;from=&amp;to=&amp;step=</c>: what this gateway and all silos remember of their metrics, one series for each name. Levels and rates of processes are
/// added up, of percentiles the worst is told.
/// </summary>
internal sealed class MetricHistoryEndpoint(MetricHistory history, GatewayPeers peers, OpenConnections own, SessionCalls calls, TimeProvider time)
{
    public async Task GetAsync(HttpContext context)
    {
        var (steps, query, error) = Read(context.Request.Query);
        if (error is not null)
        {
            await HttpErrors.WriteAsync(context, error);
            return;
        }

        var answers = new MetricAnswers([history.Read(query!, own.Gateway)], 0);
        if (peers.InCluster)
        {
            var silos = await calls.GetMetricsAsync(query!, context.RequestAborted);
            if (silos.Value is { } told) answers = new([.. answers.Processes, .. told.Processes], told.Missing);
            else answers = answers with { Missing = 1 };
        }

        await HttpJson.WriteAsync(context, writer => Write(writer, steps!, query!, answers));
    }

    private (HistorySteps? Steps, MetricQuery? Query, Rejection? Error) Read(IQueryCollection given)
    {
        var names = given["names"].FirstOrDefault() is { Length: > 0 } list
            ? list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToImmutableArray()
            : [.. MetricCatalog.All.Select(one => one.Name)];
        if (names.FirstOrDefault(name => MetricCatalog.Find(name) is null) is { } unknown)
        {
            return (null, null, new(ErrorCode.InvalidCommand, $"There is no series {(unknown.Length > 64 ? unknown[..64] : unknown)}."));
        }

        var (steps, error) = HistorySteps.Read(given, time, history.StepSeconds, history.KeepHours, names.Length);
        return (steps, steps is null ? null : new(names, steps.From, steps.Count, steps.Seconds), error);
    }

    private static void Write(Utf8JsonWriter writer, HistorySteps steps, MetricQuery query, MetricAnswers answers)
    {
        steps.Write(writer);
        writer.WriteStartArray("processes");
        foreach (var process in answers.Processes) writer.WriteStringValue(process.Process);
        writer.WriteEndArray();
        if (answers.Missing > 0) writer.WriteNumber("missing", answers.Missing);
        writer.WriteStartArray("series");
        for (var i = 0; i < query.Names.Length; i++)
        {
            var definition = MetricCatalog.All[MetricCatalog.Find(query.Names[i])!.Value];
            HistorySeries.Write(writer, definition.Name, definition.Unit, [.. answers.Processes.Select(process => process.Values[i])], definition.IsPercentile);
        }

        writer.WriteEndArray();
    }
}
