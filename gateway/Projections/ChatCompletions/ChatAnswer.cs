using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.ChatCompletions;

/// <summary>A reply as one <c>chat.completion</c>.</summary>
internal static class ChatAnswer
{
    public static OpenAIError Cancelled(ConversationStateChanged state) =>
        new(StatusCodes.Status409Conflict, ToolErrorCodes.Cancelled, state.Reason ?? "The reply was cancelled.", Retryable: false);

    public static void Write(Utf8JsonWriter writer, string replyId, string model, DateTimeOffset created, MessageCompleted completed)
    {
        ChatJson.Head(writer, replyId, "chat.completion", created, model);
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", completed.Text);
        writer.WriteNull("refusal");
        writer.WriteEndObject();
        writer.WriteString("finish_reason", ChatJson.FinishReason(completed));
        writer.WriteNull("logprobs");
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (completed.Usage is { } usage) ChatJson.Usage(writer, usage);
    }
}
