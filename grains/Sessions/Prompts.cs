using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// Makes a reply's prompt of the conversation before it and of its own earlier rounds. Results are in call order.
/// What has ended is rendered once for as long as the session is active, so that a long conversation's steps cost what a new one's do.
/// </summary>
internal sealed class Prompts
{
    private const int FewMessages = 8;

    private readonly Dictionary<string, Rendered> ended = [];

    private static readonly string[] StatusNames = [.. Enum.GetNames<ExecutionStatus>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public Prompt Of(SessionState state, MessageState reply, string defaultModel)
    {
        var messages = ImmutableArray.CreateBuilder<PromptMessage>(state.MessageOrder.Length);
        if (ended.Count > 2 * Math.Max(state.MessageOrder.Length, FewMessages)) ended.Clear();
        var asked = reply.ReplyTo is { } question ? state.MessageOrder.IndexOf(question) : int.MaxValue;
        var overtook = Overtook(state, reply, asked);
        for (var i = 0; i < state.MessageOrder.Length; i++)
        {
            var message = state.Messages[state.MessageOrder[i]];
            if (message.Deleted) ended.Remove(message.Id);
            if (message.Deleted || message.Id == reply.Id || (i == asked && overtook.Count > 0)) continue;
            // Later messages of users wait for their own turn, unless they have had it.
            if (message.IsReply ? Counts(message) : i <= asked || overtook.Contains(message.Id)) messages.AddRange(Ended(state, message));
        }

        // What is to be answered comes last, also where others went before it.
        if (overtook.Count > 0 && state.Messages[state.MessageOrder[asked]] is { Deleted: false } last) messages.AddRange(Ended(state, last));

        messages.AddRange(Rounds(state, reply));
        return new(reply.Model ?? reply.AskedModel ?? defaultModel, reply.Tools, messages.DrainToImmutable(), reply.Settings, reply.Trace);
    }

    /// <summary>The later messages that have been answered before this one: by an interruption, or before it was retried.</summary>
    private static HashSet<string> Overtook(SessionState state, MessageState reply, int asked) =>
        asked < 0 || asked == int.MaxValue
            ? []
            : [.. state.MessageOrder.Skip(asked + 1).Select(id => state.Messages[id]).Where(later => later.IsReply && later.Id != reply.Id && Counts(later)).Select(later => later.ReplyTo).OfType<string>()];

    /// <summary>Whether a reply is part of later prompts: it is whole, or its tools have done something before it was cancelled or failed.</summary>
    private static bool Counts(MessageState reply) => reply.Status is MessageStatus.Completed || (reply.IsFinal && !reply.Batches.IsEmpty);

    private ImmutableArray<PromptMessage> Ended(SessionState state, MessageState message)
    {
        if (ended.TryGetValue(message.Id, out var known) && ReferenceEquals(known.Of, message)) return known.Messages;
        var messages = message.IsReply ? Rounds(state, message) : [new(message.Role, message.Text, [])];
        ended[message.Id] = new(message, messages);
        return messages;
    }

    private static ImmutableArray<PromptMessage> Rounds(SessionState state, MessageState reply)
    {
        var messages = ImmutableArray.CreateBuilder<PromptMessage>();
        for (var round = 0; round < reply.RoundStarts.Length; round++)
        {
            var start = Math.Min(reply.RoundStarts[round], reply.Text.Length);
            var end = round + 1 < reply.RoundStarts.Length ? Math.Min(reply.RoundStarts[round + 1], reply.Text.Length) : reply.Text.Length;
            var calls = round < reply.Batches.Length && state.Batches.TryGetValue(reply.Batches[round], out var batch)
                ? batch.Executions.Select(id => Call(state.Executions[id])).ToImmutableArray()
                : [];
            if (end > start || !calls.IsEmpty) messages.Add(new("assistant", reply.Text[start..end], calls, Provided(reply, round + 1)));
        }

        return messages.DrainToImmutable();
    }

    /// <summary>What the round's model gave for itself; of a round that was begun again, the last.</summary>
    private static JsonText? Provided(MessageState reply, int round) => reply.Provided?.LastOrDefault(parts => parts.Round == round)?.Parts;

    private static PromptCall Call(ExecutionState execution) => new(execution.CallId, execution.Name, execution.Arguments, JsonText.Object(writer =>
    {
        writer.WriteString("status", StatusNames[(int)execution.Status]);
        if (execution.Tool is { } fallback) writer.WriteString("tool", fallback);
        if (execution.Summary is { } summary) writer.WriteString("summary", summary);
        if (execution.Result is { } result)
        {
            writer.WritePropertyName("result");
            writer.WriteRawValue(result.Json, skipInputValidation: true);
        }

        if (execution.Error is { } error && execution.Status != ExecutionStatus.Completed)
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }

        if (execution.Kept is { } kept) writer.WriteString("output", kept);
        if (execution.ElapsedMs is { } elapsed) writer.WriteNumber("elapsedMs", elapsed);
    }));

    /// <summary>A message that has ended, as it was when it was rendered: an edit makes another state of it.</summary>
    private sealed record Rendered(MessageState Of, ImmutableArray<PromptMessage> Messages);
}
