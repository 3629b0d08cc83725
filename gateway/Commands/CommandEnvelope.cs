using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ToolRuntime.Gateway.Commands;

/// <summary>The fields that every command has, read without touching the others.</summary>
/// <param name="Id">The client's id of the command.</param>
/// <param name="Type">Which command; null where it is missing or no string.</param>
/// <param name="Session">The session; null where it is missing or no string.</param>
/// <param name="Json">The whole command, UTF-8, known to be well-formed.</param>
/// <param name="TraceParent">The client's trace, as it says; null where it is missing or no string.</param>
internal readonly record struct CommandEnvelope(string Id, string? Type, string? Session, ReadOnlyMemory<byte> Json, string? TraceParent = null)
{
    /// <summary>Reads the envelope; false if the text is no JSON object or has no usable id.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, out CommandEnvelope envelope, [NotNullWhen(false)] out string? problem)
    {
        envelope = default;
        if (!TryReadObject(json, out var fields, out problem)) return false;
        if (!EntityId.IsValid(fields.Id))
        {
            problem = fields.Id is null ? "The command has no id." : "The command's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.";
            return false;
        }

        envelope = new(fields.Id!, fields.Type, fields.Session, json, fields.TraceParent);
        return true;
    }

    /// <summary>Reads the fields that are strings; false if the text is no JSON object.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> json, out EnvelopeFields fields, [NotNullWhen(false)] out string? problem)
    {
        (fields, problem) = (default, "The message is no JSON object.");
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("id"u8)) fields.Id = ReadString(ref reader);
                else if (reader.ValueTextEquals("type"u8)) fields.Type = ReadString(ref reader);
                else if (reader.ValueTextEquals("session"u8)) fields.Session = ReadString(ref reader);
                else if (reader.ValueTextEquals("traceparent"u8)) fields.TraceParent = ReadString(ref reader);
                else reader.Skip();
            }

            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problem = "The message is no valid JSON.";
            return false;
        }

        problem = null;
        return true;
    }

    private static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        reader.Skip();
        return null;
    }
}

/// <summary>What a JSON object says in the fields that every command has; null where one is missing or no string.</summary>
internal record struct EnvelopeFields(string? Id, string? Type, string? Session, string? TraceParent);
