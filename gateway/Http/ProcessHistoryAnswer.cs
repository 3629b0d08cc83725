using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Processes;
using ToolRuntime.Processes.History;

namespace ToolRuntime.Gateway.Http;

/// <summary>What <c>GET /v1/processes/history</c> answers.</summary>
/// <param name="steps">The steps of all curves.</param>
/// <param name="uses">All that the caller may see.</param>
/// <param name="shown">Of which executions there are curves.</param>
/// <param name="curves">These, by silo.</param>
/// <param name="whole">Whether it is about all of the tenant.</param>
internal sealed class ProcessHistoryAnswer(HistorySteps steps, KnownUses uses, ImmutableArray<ExecutionUse> shown, CurveAnswers curves, bool whole)
{
    /// <summary>How many silos gave no answer.</summary>
    public int Missing { get; init; }

    /// <summary>How many executions silos have not kept.</summary>
    public int Dropped { get; init; }

    public void Write(Utf8JsonWriter writer)
    {
        steps.Write(writer);
        writer.WriteNumber("silos", curves.Silos.Length);
        if (Missing > 0) writer.WriteNumber("missing", Missing);
        if (Dropped > 0) writer.WriteNumber("dropped", Dropped);
        if (uses.Executions.Length > shown.Length) writer.WriteNumber("more", uses.Executions.Length - shown.Length);
        writer.WriteStartArray("total");
        for (var series = 0; series < UseSeries.All.Length; series++) WriteTotal(writer, series);
        writer.WriteEndArray();
        writer.WriteStartArray("executions");
        foreach (var use in shown) WriteExecution(writer, use);
        writer.WriteEndArray();
        WriteMoves(writer, "exits", uses.Exits);
        WriteMoves(writer, "restarts", uses.Restarts);
    }

    private void WriteTotal(Utf8JsonWriter writer, int series)
    {
        var (name, unit) = UseSeries.All[series];
        if (series < UseSeries.OfExecution || whole) HistorySeries.Write(writer, name, unit, [.. curves.Silos.Select(silo => silo.Total[series])]);
        else if (series > UseSeries.Processes) HistorySeries.Write(writer, name, unit, [Counted(series)]);
    }

    /// <summary>Of what the caller may see, as often as it is known.</summary>
    private float[] Counted(int series)
    {
        var known = (float[][])[.. curves.Silos.Select(silo => silo.Total[UseSeries.Cpu])];
        var counts = new float[steps.Count];
        for (var step = 0; step < counts.Length; step++) counts[step] = HistorySeries.Merge(known, step, worst: false) is null ? float.NaN : 0;
        var moves = series == UseSeries.Restarts ? uses.Restarts : series == UseSeries.Exits ? uses.Exits : uses.Exits.Where(move => move.IsFailure);
        foreach (var move in moves)
        {
            var step = (move.At.ToUnixTimeSeconds() - steps.From) / steps.Seconds;
            if (step < 0 || step >= counts.Length) continue;
            counts[step] = (float.IsNaN(counts[step]) ? 0 : counts[step]) + (1f / steps.Seconds);
        }

        return counts;
    }

    private void WriteExecution(Utf8JsonWriter writer, ExecutionUse use)
    {
        writer.WriteStartObject();
        writer.WriteString("session", use.Owner.Session);
        writer.WriteString("executionId", use.Owner.ExecutionId);
        if (use.Owner.MessageId is { } message) writer.WriteString("messageId", message);
        if (use.Owner.CallId is { } call) writer.WriteString("callId", call);
        writer.WriteString("tool", use.Owner.Tool);
        if (use.Owner.Named is { } named) writer.WriteString("named", named);
        WriteTime(writer, "startedAt", use.StartedAt);
        if (use.EndedAt is { } ended) WriteTime(writer, "endedAt", ended);
        WriteExit(writer, use.EndedAt is null ? null : use.ExitCode);
        writer.WriteNumber("cpuMs", use.CpuMs);
        writer.WriteNumber("memoryBytes", use.MemoryBytes);
        writer.WriteNumber("outputBytes", use.OutputBytes);
        if (use.Now is { } now)
        {
            writer.WriteStartObject("now");
            writer.WriteNumber("cpu", Math.Round(now.Cpu, 3));
            writer.WriteNumber("memoryBytes", now.MemoryBytes);
            writer.WriteNumber("outputBytesPerSecond", Math.Round(now.OutputBytesPerSecond));
            writer.WriteNumber("processes", now.Processes);
            writer.WriteEndObject();
        }

        var name = KnownUses.NameOf(use);
        var own = curves.Silos.SelectMany(silo => silo.Each).Where(each => each.Key == name).Select(each => each.Value).ToList();
        writer.WriteStartArray("series");
        for (var series = 0; series < UseSeries.OfExecution; series++)
        {
            HistorySeries.Write(writer, UseSeries.All[series].Name, UseSeries.All[series].Unit, [.. own.Select(values => values[series])]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMoves(Utf8JsonWriter writer, string name, ImmutableArray<ProcessMove> moves)
    {
        writer.WriteStartArray(name);
        foreach (var move in moves)
        {
            writer.WriteStartObject();
            WriteTime(writer, "at", move.At);
            if (move.Kind != ProcessMoveKind.Exited) writer.WriteString("kind", move.Kind == ProcessMoveKind.Retried ? "retry" : "process");
            writer.WriteString("session", move.Execution.Session);
            writer.WriteString("executionId", move.Execution.ExecutionId);
            if (move.MessageId is { } message) writer.WriteString("messageId", message);
            writer.WriteString("tool", move.Tool);
            if (move.Named is { } named) writer.WriteString("named", named);
            if (move.Outcome is { } outcome) writer.WriteString("outcome", outcome);
            WriteExit(writer, move.ExitCode);
            if (move.Code is { } code) writer.WriteString("code", code);
            if (move.Number > 0) writer.WriteNumber("number", move.Number);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteExit(Utf8JsonWriter writer, int? exitCode)
    {
        if (exitCode is not { } code) return;
        writer.WriteNumber("exitCode", code);
        if (ExitSignals.NameOf(code) is { } signal) writer.WriteString("signal", signal);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset at) =>
        writer.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
