using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.ChatCompletions;

/// <summary>Writes what completions and chunks of them have in common.</summary>
internal static class ChatJson
{
    /// <summary>A completion's id says which reply it is.</summary>
    public static string IdOf(string replyId) => $"chatcmpl-{replyId}";

    public static void Head(Utf8JsonWriter writer, string replyId, string kind, DateTimeOffset created, string model)
    {
        writer.WriteString("id", IdOf(replyId));
        writer.WriteString("object", kind);
        writer.WriteNumber("created", created.ToUnixTimeSeconds());
        writer.WriteString("model", model);
    }

    public static void Usage(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", usage.InputTokens);
        writer.WriteNumber("completion_tokens", usage.OutputTokens);
        writer.WriteNumber("total_tokens", usage.TotalTokens ?? (usage.InputTokens + usage.OutputTokens));
        writer.WriteEndObject();
    }

    /// <summary>Calls of tools are the server's own affair: a client is never asked for any.</summary>
    public static string FinishReason(MessageCompleted completed) => completed.FinishReason is "length" or "content_filter" ? completed.FinishReason : "stop";
}
