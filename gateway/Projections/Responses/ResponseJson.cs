using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>Writes a response as it stands.</summary>
internal static class ResponseJson
{
    public static void Write(Utf8JsonWriter writer, ResponseFold fold)
    {
        writer.WriteString("id", fold.Id.ToString());
        writer.WriteString("object", "response");
        writer.WriteNumber("created_at", fold.CreatedAt.ToUnixTimeSeconds());
        writer.WriteString("status", fold.Status);
        writer.WriteBoolean("background", fold.Echo.Background);
        writer.WriteString("model", fold.Model);
        writer.WriteString("previous_response_id", fold.Echo.Previous);
        Member(writer, "conversation", "id", fold.Id.Session);
        Member(writer, "metadata", "session", fold.Id.Session);
        WriteEnd(writer, fold);
        writer.WriteStartArray("output");
        foreach (var item in fold.Output) item.Write(writer);
        writer.WriteEndArray();
        WriteUsage(writer, fold.Usage);
        writer.WriteBoolean("parallel_tool_calls", true);
        writer.WriteString("tool_choice", "auto");
        writer.WriteStartArray("tools");
        writer.WriteEndArray();
        writer.WriteBoolean("store", true);
        foreach (var unknown in (string[])["instructions", "temperature", "top_p", "max_output_tokens"]) writer.WriteNull(unknown);
    }

    private static void WriteEnd(Utf8JsonWriter writer, ResponseFold fold)
    {
        if (fold.Error is { } error)
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("error");
        }

        if (fold.Incomplete is { } reason) Member(writer, "incomplete_details", "reason", reason);
        else writer.WriteNull("incomplete_details");
    }

    private static void WriteUsage(Utf8JsonWriter writer, TokenUsage? usage)
    {
        if (usage is null)
        {
            writer.WriteNull("usage");
            return;
        }

        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", usage.InputTokens);
        Member(writer, "input_tokens_details", "cached_tokens", 0);
        writer.WriteNumber("output_tokens", usage.OutputTokens);
        Member(writer, "output_tokens_details", "reasoning_tokens", 0);
        writer.WriteNumber("total_tokens", usage.TotalTokens ?? (usage.InputTokens + usage.OutputTokens));
        writer.WriteEndObject();
    }

    private static void Member(Utf8JsonWriter writer, string name, string member, string value)
    {
        writer.WriteStartObject(name);
        writer.WriteString(member, value);
        writer.WriteEndObject();
    }

    private static void Member(Utf8JsonWriter writer, string name, string member, int value)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber(member, value);
        writer.WriteEndObject();
    }
}
