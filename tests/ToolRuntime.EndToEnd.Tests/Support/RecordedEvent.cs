using System.Text.Json;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>A session's event as a client got it.</summary>
internal sealed record RecordedEvent(JsonElement Json)
{
    private static readonly HashSet<string> ToolEnds = ["tool.completed", "tool.failed", "tool.timeout", "tool.cancelled"];
    private static readonly HashSet<string> BatchEnds = ["batch.completed", "batch.failed", "batch.timeout", "batch.cancelled"];

    public long Seq { get; } = Json.GetProperty("seq").GetInt64();

    /// <summary>When it came, on <see cref="System.Diagnostics.Stopwatch"/>'s clock.</summary>
    public long Came { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    public DateTimeOffset At { get; } = Json.GetProperty("at").GetDateTimeOffset();

    public string Type { get; } = Json.GetProperty("type").GetString()!;

    public string? MessageId => Text("messageId");

    public string? BatchId => Text("batchId");

    public string? ExecutionId => Text("executionId");

    public int Attempt => Json.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0;

    public bool EndsTool => ToolEnds.Contains(Type);

    public bool EndsBatch => BatchEnds.Contains(Type);

    /// <summary>Whether a later one of its kind stands for it, so that a client which lags may not get it.</summary>
    public bool MayBeLeftOut => Type is "tool.progress" or "batch.progress";

    public string? ErrorCode => Json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    /// <summary>The very bytes that the server sent, as text.</summary>
    public string Raw => Json.GetRawText();

    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;

    public long Number(string name) => Json.GetProperty(name).GetInt64();

    public override string ToString() => Raw;
}
