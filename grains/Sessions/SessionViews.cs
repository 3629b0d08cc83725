using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ToolRuntime.Batches;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Makes the view that clients get of a state.</summary>
internal static class SessionViews
{
    public const int MaxBytes = 1 << 20;

    /// <summary>The view's JSON; one over 1 MB leaves out the oldest outputs.</summary>
    public static ReadOnlyMemory<byte> Encode(SessionState state, string owner)
    {
        var view = Of(state, owner);
        var bytes = Write(view, WireJsonContext.Default.SessionView);
        if (bytes.Length <= MaxBytes) return bytes;
        var excess = bytes.Length - MaxBytes;
        var executions = view.Executions.ToBuilder();
        foreach (var (id, execution) in view.Executions.OrderBy(e => e.Value.StartedAt ?? DateTimeOffset.MaxValue))
        {
            if (excess <= 0) break;
            if (execution.Output is { Stdout: null, Stderr: null, Result: null }) continue;
            executions[id] = execution with { Output = new() };
            excess -= Write(execution, WireJsonContext.Default.ExecutionView).Length - Write(executions[id], WireJsonContext.Default.ExecutionView).Length;
        }

        return Write(view with { Executions = executions.ToImmutable() }, WireJsonContext.Default.SessionView);
    }

    public static SessionView Of(SessionState state, string owner) => new(
        state.Parameters, owner, state.Members, [.. state.MessageOrder.Select(id => Of(state.Messages[id]))],
        state.Batches.ToImmutableDictionary(b => b.Key, b => Of(b.Value)), state.Executions.ToImmutableDictionary(e => e.Key, e => Of(e.Value)));

    public static ExecutionView Of(ExecutionState e) => new(
        e.BatchId, e.CallId, e.Index, e.Name, e.Arguments, e.Status, e.Attempt, new(e.Stdout?.ToView(), e.Stderr?.ToView(), e.ResultStream?.ToView()),
        e.Progress, e.Suspended ? true : null, e.Result, e.Error, e.Summary, e.StartedAt, e.ElapsedMs, e.Metrics, e.Input ? true : null,
        e.Ending is null ? null : true);

    public static MessageView Of(MessageState m) => new(
        m.Id, m.Role, m.Text, m.Status, m.At, m.Batches, m.Model, m.Round == 0 ? null : m.Round, m.By, m.Edited ? true : null, m.Deleted ? true : null,
        m.Error, m.Usage, m.RoundStarts.IsEmpty ? null : m.RoundOffset, m.Paused ? true : null,
        m.Reasoning is { Length: > 0 } thought ? thought : null);

    private static BatchView Of(BatchState b) => new(
        b.Status, b.Counts.Total, b.Counts.Completed, b.Counts.Unsuccessful, b.Counts.Running, b.Counts.Pending + b.Counts.AwaitingApproval,
        b.StartedAt, b.Executions, b.MessageId, b.Deadline, b.EndedAt, b.Progress);

    private static ReadOnlyMemory<byte> Write<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.WriterOptions)) JsonSerializer.Serialize(writer, value, type);
        return buffer.WrittenMemory;
    }
}
