using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;
using ToolRuntime.Statistics;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/statistics?window=&amp;session=&amp;tool=</c>: how calls of tools went, in a session for who may read it, in the tenant for who may read all of its
/// sessions or the server's figures.
/// </summary>
internal sealed class StatisticsEndpoint(SessionOpener opener, SessionCalls calls)
{
    private static readonly string[] Breakers = ["closed", "half_open", "open"];

    public async Task GetAsync(HttpContext context)
    {
        var (identity, query) = (Identity.Of(context), context.Request.Query);
        var (session, tool) = (query["session"].FirstOrDefault(), query["tool"].FirstOrDefault());
        var refusal = TryRead(query["window"].FirstOrDefault(), out var window) ? null : new Rejection(ErrorCode.InvalidCommand, "window is none of hour, day, week.");
        refusal ??= session is null ? RefuseTenant(identity) : Scopes.Refuse(identity, Scope.SessionsRead) ?? (await opener.FindAsync(identity, session, context.RequestAborted)).Error;
        var found = refusal is not null ? new SessionReply<StatisticsReport>(null, refusal)
            : session is null ? await calls.GetStatisticsAsync(identity, window, tool, context.RequestAborted)
            : await calls.GetStatisticsAsync(identity, session, window, tool, context.RequestAborted);
        await (found.Value is { } report
            ? HttpJson.WriteAsync(context, writer => Write(writer, report, window, session, tool))
            : HttpErrors.WriteAsync(context, found.Error!));
    }

    private static bool TryRead(string? text, out StatisticsWindow window)
    {
        (var known, window) = text switch
        {
            null or "hour" => (true, StatisticsWindow.Hour),
            "day" => (true, StatisticsWindow.Day),
            "week" => (true, StatisticsWindow.Week),
            _ => (false, StatisticsWindow.Hour),
        };
        return known;
    }

    private static Rejection? RefuseTenant(Identity identity) =>
        identity.Has(Scope.SessionsAll) || identity.Has(Scope.MetricsRead) ? null : new(ErrorCode.Forbidden, "The key lacks sessions:all or metrics:read; name a session.");

    private static void Write(Utf8JsonWriter writer, StatisticsReport report, StatisticsWindow window, string? session, string? tool)
    {
        writer.WriteString("window", JsonNamingPolicy.SnakeCaseLower.ConvertName(window.ToString()));
        if (session is not null) writer.WriteString("session", session);
        if (tool is not null) writer.WriteString("tool", tool);
        WriteTime(writer, "from", report.From);
        WriteTime(writer, "to", report.To);
        writer.WriteNumber("stepMs", report.StepMs);
        writer.WriteStartArray("tools");
        foreach (var one in report.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("tool", one.Tool);
            Write(writer, one.Figures);
            writer.WriteNumber("running", one.Running);
            writer.WriteNumber("waiting", one.Waiting);
            if (one.Breaker is { } state) writer.WriteString("breaker", Breakers[Math.Clamp(state, 0, 2)]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("total");
        Write(writer, report.Total);
        writer.WriteNumber("running", report.Tools.Sum(one => one.Running));
        writer.WriteNumber("waiting", report.Tools.Sum(one => one.Waiting));
        writer.WriteEndObject();
        writer.WriteStartArray("series");
        foreach (var point in report.Points)
        {
            writer.WriteStartObject();
            WriteTime(writer, "at", point.At);
            Write(writer, point.Figures);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ToolFigures figures)
    {
        writer.WriteNumber("calls", figures.Calls);
        writer.WriteNumber("completed", figures.Completed);
        writer.WriteNumber("failed", figures.Failed);
        writer.WriteNumber("timedOut", figures.TimedOut);
        writer.WriteNumber("cancelled", figures.Cancelled);
        writer.WriteNumber("retries", figures.Retries);
        writer.WriteNumber("timeouts", figures.Timeouts);
        writer.WriteNumber("fallbacks", figures.Fallbacks);
        writer.WriteNumber("cacheHits", figures.CacheHits);
        if (figures.SuccessRate is { } rate) writer.WriteNumber("successRate", Math.Round(rate, 4));
        if (figures.P50Ms is { } p50) writer.WriteNumber("p50Ms", p50);
        if (figures.P95Ms is { } p95) writer.WriteNumber("p95Ms", p95);
        if (figures.P99Ms is { } p99) writer.WriteNumber("p99Ms", p99);
        WriteCount(writer, "apiCalls", figures.ApiCalls);
        WriteCount(writer, "bytesIn", figures.BytesIn);
        WriteCount(writer, "bytesOut", figures.BytesOut);
        if (figures.Measured == 0) return;
        writer.WriteNumber("measured", figures.Measured);
        writer.WriteNumber("cpuMs", figures.CpuMs);
        writer.WriteNumber("peakMemoryBytes", figures.PeakMemoryBytes);
        writer.WriteNumber("largestPeakBytes", figures.LargestPeakBytes);
    }

    private static void WriteCount(Utf8JsonWriter writer, string name, long count)
    {
        if (count > 0) writer.WriteNumber(name, count);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset at) =>
        writer.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
