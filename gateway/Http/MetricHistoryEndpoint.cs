using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Metrics;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/metrics/history?names=&amp;from=&amp;to=&amp;step=</c>: what this gateway and all silos remember of their metrics, one series for each name. Levels and rates of processes are
/// added up, of percentiles the worst is told.
/// </summary>
internal sealed class MetricHistoryEndpoint(MetricHistory history, GatewayPeers peers, OpenConnections own, SessionCalls calls, TimeProvider time)
{
    /// <summary>Most steps of an answer: a day of ten seconds each.</summary>
    public const int MaxSteps = 8_640;

    /// <summary>Most values of an answer.</summary>
    public const int MaxValues = 100_000;

    private const int UsualMinutes = 15;
    private const int UsualSteps = 180;

    public async Task GetAsync(HttpContext context)
    {
        var read = Read(context.Request.Query);
        if (read.Value is not { } query)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        var answers = new MetricAnswers([history.Read(query, own.Gateway)], 0);
        if (peers.InCluster)
        {
            var silos = await calls.GetMetricsAsync(query, context.RequestAborted);
            if (silos.Value is { } told) answers = new([.. answers.Processes, .. told.Processes], told.Missing);
            else answers = answers with { Missing = 1 };
        }

        await HttpJson.WriteAsync(context, writer => Write(writer, query, answers));
    }

    private SessionReply<MetricQuery> Read(IQueryCollection given)
    {
        var names = given["names"].FirstOrDefault() is { Length: > 0 } list
            ? list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToImmutableArray()
            : [.. MetricCatalog.All.Select(one => one.Name)];
        if (names.FirstOrDefault(name => MetricCatalog.Find(name) is null) is { } unknown) return Refuse($"There is no series {(unknown.Length > 64 ? unknown[..64] : unknown)}.");
        var now = time.Wall().GetUtcNow().ToUnixTimeSeconds();
        if (!TryReadTime(given["to"].FirstOrDefault(), now, out var to)) return Refuse("to is no time.");
        if (!TryReadTime(given["from"].FirstOrDefault(), to - (UsualMinutes * 60), out var from)) return Refuse("from is no time.");
        if (from >= to) return Refuse("from must be before to.");
        from = Math.Max(from, to - (history.KeepHours * 3_600L)); // no more is kept, and a client's clock is not ours
        var least = history.StepSeconds;
        var step = (int)Math.Max(least, (to - from) / UsualSteps);
        if (given["step"].FirstOrDefault() is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out step) || step is < 1 or > 86_400)) return Refuse("step is no number of seconds from 1 to 86,400.");
        step = (step + least - 1) / least * least;
        from = from / step * step;
        var steps = Math.Max(1, (to - from) / step);
        if (steps > MaxSteps || steps * names.Length > MaxValues) return Refuse($"That is more than {MaxSteps} steps or {MaxValues} values; take a longer step or fewer names.");
        return new(new(names, from, (int)steps, step), null);
    }

    private static bool TryReadTime(string? text, long otherwise, out long seconds)
    {
        seconds = otherwise;
        if (text is null) return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return false;
        seconds = at.ToUnixTimeSeconds();
        return seconds >= 0;
    }

    private static SessionReply<MetricQuery> Refuse(string message) => new(null, new(ErrorCode.InvalidCommand, message));

    private static void Write(Utf8JsonWriter writer, MetricQuery query, MetricAnswers answers)
    {
        writer.WriteString("from", DateTimeOffset.FromUnixTimeSeconds(query.From).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteNumber("stepMs", query.StepSeconds * 1_000L);
        writer.WriteNumber("steps", query.Steps);
        writer.WriteStartArray("processes");
        foreach (var process in answers.Processes) writer.WriteStringValue(process.Process);
        writer.WriteEndArray();
        if (answers.Missing > 0) writer.WriteNumber("missing", answers.Missing);
        writer.WriteStartArray("series");
        for (var i = 0; i < query.Names.Length; i++)
        {
            var definition = MetricCatalog.All[MetricCatalog.Find(query.Names[i])!.Value];
            writer.WriteStartObject();
            writer.WriteString("name", definition.Name);
            if (definition.Unit.Length > 0) writer.WriteString("unit", definition.Unit);
            WriteRuns(writer, [.. answers.Processes.Select(process => process.Values[i])], definition.IsPercentile, query.Steps);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Steps that follow each other and have values, by the number of the first.</summary>
    private static void WriteRuns(Utf8JsonWriter writer, float[][] processes, bool worst, int steps)
    {
        writer.WriteStartArray("runs");
        var open = false;
        for (var step = 0; step <= steps; step++)
        {
            var value = step == steps ? null : Merge(processes, step, worst);
            if (open && value is null)
            {
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            else if (!open && value is not null)
            {
                writer.WriteStartObject();
                writer.WriteNumber("at", step);
                writer.WriteStartArray("values");
            }

            open = value is not null;
            if (value is { } known) writer.WriteRawValue(known.ToString("G5", CultureInfo.InvariantCulture));
        }

        writer.WriteEndArray();
    }

    private static float? Merge(float[][] processes, int step, bool worst)
    {
        float? merged = null;
        foreach (var values in processes)
        {
            if (float.IsFinite(values[step])) merged = merged is not { } known ? values[step] : worst ? Math.Max(known, values[step]) : known + values[step];
        }

        return merged;
    }
}
