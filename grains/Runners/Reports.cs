using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>One call of the sink, repeatable as it is.</summary>
internal abstract record Report
{
    public abstract Task<bool> SendAsync(IRunnerSink sink, CancellationToken cancellationToken);
}

internal sealed record OutputReport(OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes, long Dropped) : Report
{
    public override Task<bool> SendAsync(IRunnerSink sink, CancellationToken cancellationToken) =>
        sink.WriteOutputAsync(Stream, Offset, Bytes, Dropped, cancellationToken);
}

internal sealed record ProgressReport(string Stage, double? Percent, string? Message, JsonText? Details) : Report
{
    public override Task<bool> SendAsync(IRunnerSink sink, CancellationToken cancellationToken) =>
        sink.ReportProgressAsync(Stage, Percent, Message, Details, cancellationToken);

    /// <summary>Without secrets, and without details that are no JSON.</summary>
    public ProgressReport Redacted(Redactor redactor) =>
        new(redactor.Redact(Stage), Percent, Message is null ? null : redactor.Redact(Message), RedactedDetails(redactor));

    private JsonText? RedactedDetails(Redactor redactor)
    {
        try
        {
            return Details is { } details ? redactor.Redact(details) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record WaitingReport(long ElapsedMs, string Message) : Report
{
    public override Task<bool> SendAsync(IRunnerSink sink, CancellationToken cancellationToken) =>
        sink.ReportWaitingAsync(ElapsedMs, Message, cancellationToken);
}

internal sealed record TurnsReport(ImmutableArray<TerminalTurn> Turns) : Report
{
    public override Task<bool> SendAsync(IRunnerSink sink, CancellationToken cancellationToken) => sink.ReportTurnsAsync(Turns, cancellationToken);
}
