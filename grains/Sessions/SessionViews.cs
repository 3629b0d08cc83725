using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ToolRuntime.Batches;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Makes the view that clients get of a state.</summary>
internal static class SessionViews
{
    public const int MaxBytes = 1 << 20;

    /// <summary>The view's JSON, at most 1 MB; what there is no room for is left out, shortened and counted.</summary>
    public static ReadOnlyMemory<byte> Encode(SessionState state, string owner)
    {
        if (MayFit(state))
        {
            var bytes = Write(Of(state, owner), WireJsonContext.Default.SessionView);
            if (bytes.Length <= MaxBytes) return bytes;
        }

        return BoundedView.Encode(state, owner);
    }

    /// <summary>The view of a session with one batch: what its executions got and gave is whole, where all of it fits.</summary>
    public static ReadOnlyMemory<byte> EncodeBatch(SessionState batch, string owner)
    {
        if (batch.Executions.Values.Sum(e => (long)e.Arguments.Json.Length + (e.Result?.Json.Length ?? 0)) <= MaxBytes && MayFit(batch))
        {
            var view = Of(batch, owner);
            var executions = batch.Executions.ToImmutableDictionary(e => e.Key, e => Whole(e.Value, view.Executions[e.Key].Output));
            var bytes = Write(view with { Executions = executions }, WireJsonContext.Default.SessionView);
            if (bytes.Length <= MaxBytes) return bytes;
        }

        return Encode(batch, owner);
    }

    public static SessionView Of(SessionState state, string owner) => new(
        state.Parameters, owner, state.Members, [.. state.MessageOrder.Select(id => Of(state.Messages[id]))],
        state.Batches.ToImmutableDictionary(b => b.Key, b => Of(b.Value)), state.Executions.ToImmutableDictionary(e => e.Key, e => Of(e.Value)),
        Title: state.Title, Processes: ProcessesOf(state));

    /// <summary>Named processes; null where there are none.</summary>
    public static ImmutableArray<NamedProcessView>? ProcessesOf(SessionState state) => state.Processes.IsEmpty ? null : [.. state.Processes.Select(process => process.ToView())];

    /// <summary>The same by itself: <c>{processes: [..]}</c>.</summary>
    public static JsonText WriteProcesses(SessionState state) => JsonText.Object(json =>
    {
        json.WriteStartArray("processes");
        foreach (var process in state.Processes) JsonSerializer.Serialize(json, process.ToView(), WireJsonContext.Default.NamedProcessView);
        json.WriteEndArray();
    });

    /// <summary>An execution as views show it: what it got and gave shortened, and the ends of its output.</summary>
    public static ExecutionView Of(ExecutionState e) => Of(e, new(e.Stdout?.ToView(), e.Stderr?.ToView(), e.ResultStream?.ToView(), e.TerminalStream?.ToView()));

    /// <summary>The same with another output.</summary>
    public static ExecutionView Of(ExecutionState e, OutputView output) => Marked(Whole(e, output), ShortJson.Of);

    /// <summary>An execution with all that it got and gave.</summary>
    public static ExecutionView Whole(ExecutionState e, OutputView output) => new(
        e.BatchId, e.CallId, e.Index, e.Name, e.Arguments, e.Status, e.Attempt, output,
        e.Progress, e.Suspended ? true : null, e.Result, e.Error, e.Summary, e.StartedAt, e.ElapsedMs, e.Metrics, e.Input ? true : null,
        Ending: e.Ending is null ? null : true, Tool: e.Tool, Terminal: e.Terminal,
        Turns: e.Turns is { Count: > 0 } turns ? [.. turns] : null);

    /// <summary>An execution with its values shortened, and marks that say which are.</summary>
    public static ExecutionView Marked(ExecutionView view, Func<JsonText, JsonText> shorten)
    {
        var shortened = view.Shortened ?? [];
        var arguments = Shown("arguments", view.Arguments) ?? view.Arguments;
        var result = Shown("result", view.Result);
        var details = Shown("details", view.Progress?.Details);
        if (shortened.IsEmpty) return view;
        var progress = view.Progress is { } step ? step with { Details = details } : null;
        return view with { Arguments = arguments, Result = result, Progress = progress, Shortened = shortened };

        JsonText? Shown(string name, JsonText? value)
        {
            if (value is not { } whole) return null;
            var shown = shorten(whole);
            if (!ReferenceEquals(shown.Json, whole.Json) && !shortened.Contains(name)) shortened = shortened.Add(name);
            return shown;
        }
    }

    public static MessageView Of(MessageState m) => new(
        m.Id, m.Role, m.Text, m.Status, m.At, m.Batches, m.Model, m.Round == 0 ? null : m.Round, m.By, m.Edited ? true : null, m.Deleted ? true : null,
        m.Error, m.Usage, m.RoundStarts.IsEmpty ? null : m.RoundOffset, m.Paused ? true : null,
        Reasoning: m.Reasoning is { Length: > 0 } thought ? thought : null);

    public static BatchView Of(BatchState b) => new(
        b.Status, b.Counts.Total, b.Counts.Completed, b.Counts.Unsuccessful, b.Counts.Running, b.Counts.Pending + b.Counts.AwaitingApproval,
        b.StartedAt, b.Executions, b.MessageId, b.Deadline, b.EndedAt, b.Progress, ApprovalDeadline: b.ApprovalDeadline, Job: b.Job);

    public static ReadOnlyMemory<byte> Write<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.WriterOptions)) JsonSerializer.Serialize(writer, value, type);
        return buffer.WrittenMemory;
    }

    /// <summary>False where the texts alone take more than there is room for, so that nothing so large is ever made.</summary>
    private static bool MayFit(SessionState state)
    {
        const int fields = 200;
        long bytes = 0;
        foreach (var message in state.Messages.Values) bytes += message.Text.Length + message.Reasoning.Length;
        foreach (var execution in state.Executions.Values)
        {
            bytes += fields + Turns.Bytes(execution) + ShortJson.Of(execution.Arguments).Json.Length + Shown(execution.Stdout) + Shown(execution.Stderr) + Shown(execution.ResultStream) + Shown(execution.TerminalStream);
            if (execution.Result is { } result) bytes += ShortJson.Of(result).Json.Length;
            if (bytes > MaxBytes) return false;
        }

        return bytes <= MaxBytes;
    }

    private static int Shown(OutputTail? tail) => Math.Min(tail?.Bytes ?? 0, OutputTail.KeptBytes);
}
