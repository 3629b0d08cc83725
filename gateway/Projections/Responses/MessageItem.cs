using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>The text of a round.</summary>
internal sealed class MessageItem(string id) : ResponseItem(id, "message")
{
    private readonly StringBuilder text = new();

    public void Begin(ResponseFold fold)
    {
        fold.Add(this);
        fold.Emit("response.content_part.added", this, writer => WritePart(writer, "part", ""));
    }

    public void Append(ResponseFold fold, string more)
    {
        text.Append(more);
        fold.Emit("response.output_text.delta", this, writer =>
        {
            writer.WriteNumber("content_index", 0);
            writer.WriteString("delta", more);
            WriteLogprobs(writer);
        });
    }

    /// <param name="fold">The response.</param>
    /// <param name="status"><c>completed</c>, or <c>incomplete</c> where the text is not how the round went on.</param>
    public void End(ResponseFold fold, string status)
    {
        Status = status;
        var whole = text.ToString();
        fold.Emit("response.output_text.done", this, writer =>
        {
            writer.WriteNumber("content_index", 0);
            writer.WriteString("text", whole);
            WriteLogprobs(writer);
        });
        fold.Emit("response.content_part.done", this, writer => WritePart(writer, "part", whole));
        fold.Done(this);
    }

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("role", "assistant");
        writer.WriteStartArray("content");
        if (text.Length > 0) WritePart(writer, null, text.ToString());
        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, string? member, string text)
    {
        if (member is not null)
        {
            writer.WriteNumber("content_index", 0);
            writer.WritePropertyName(member);
        }

        writer.WriteStartObject();
        writer.WriteString("type", "output_text");
        writer.WriteString("text", text);
        writer.WriteStartArray("annotations");
        writer.WriteEndArray();
        WriteLogprobs(writer);
        writer.WriteEndObject();
    }

    private static void WriteLogprobs(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("logprobs");
        writer.WriteEndArray();
    }
}
