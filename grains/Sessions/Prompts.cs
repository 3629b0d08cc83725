using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Makes a reply's prompt of the conversation before it and of its own earlier rounds. Results are in call order.</summary>
internal static class Prompts
{
    private static readonly string[] StatusNames = [.. Enum.GetNames<ExecutionStatus>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static Prompt Of(SessionState state, MessageState reply, string defaultModel)
    {
        var messages = ImmutableArray.CreateBuilder<PromptMessage>();
        var asked = reply.ReplyTo is { } question ? state.MessageOrder.IndexOf(question) : int.MaxValue;
        for (var i = 0; i < state.MessageOrder.Length; i++)
        {
            var message = state.Messages[state.MessageOrder[i]];
            if (message.Deleted || message.Id == reply.Id) continue;
            if (!message.IsReply)
            {
                // Later messages wait for their own turn.
                if (i > asked) continue;
                messages.Add(new(message.Role, message.Text, []));
            }
            else if (message.Status is MessageStatus.Completed)
            {
                AddRounds(messages, state, message);
            }
        }

        AddRounds(messages, state, reply);
        return new(reply.Model ?? reply.AskedModel ?? defaultModel, reply.Tools, messages.ToImmutable());
    }

    private static void AddRounds(ImmutableArray<PromptMessage>.Builder messages, SessionState state, MessageState reply)
    {
        for (var round = 0; round < reply.RoundStarts.Length; round++)
        {
            var start = Math.Min(reply.RoundStarts[round], reply.Text.Length);
            var end = round + 1 < reply.RoundStarts.Length ? Math.Min(reply.RoundStarts[round + 1], reply.Text.Length) : reply.Text.Length;
            var calls = round < reply.Batches.Length && state.Batches.TryGetValue(reply.Batches[round], out var batch)
                ? batch.Executions.Select(id => Call(state.Executions[id])).ToImmutableArray()
                : [];
            if (end > start || !calls.IsEmpty) messages.Add(new("assistant", reply.Text[start..end], calls));
        }
    }

    private static PromptCall Call(ExecutionState execution) => new(execution.CallId, execution.Name, execution.Arguments, JsonText.Object(writer =>
    {
        writer.WriteString("status", StatusNames[(int)execution.Status]);
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
}
