using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ToolRuntime.Gateway.Commands;

/// <summary>The fields that every command has, read without touching the others.</summary>
/// <param name="Id">The client's id of the command.</param>
/// <param name="Type">Which command; null where it is missing or no string.</param>
/// <param name="Session">The session; null where it is missing or no string.</param>
/// <param name="Json">The whole command, UTF-8, known to be well-formed.</param>
internal readonly record struct CommandEnvelope(string Id, string? Type, string? Session, ReadOnlyMemory<byte> Json)
{
    /// <summary>Reads the envelope; false if the text is no JSON object or has no usable id.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, out CommandEnvelope envelope, [NotNullWhen(false)] out string? problem)
    {
        envelope = default;
        if (!TryReadObject(json, out var id, out var type, out var session, out problem)) return false;
        if (!EntityId.IsValid(id))
        {
            problem = id is null ? "The command has no id." : "The command's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.";
            return false;
        }

        envelope = new(id!, type, session, json);
        return true;
    }

    /// <summary>Reads the fields that are strings; false if the text is no JSON object.</summary>
    public static bool TryReadObject(ReadOnlyMemory<byte> json, out string? id, out string? type, out string? session, [NotNullWhen(false)] out string? problem)
    {
        (id, type, session, problem) = (null, null, null, "The message is no JSON object.");
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("id"u8)) id = ReadString(ref reader);
                else if (reader.ValueTextEquals("type"u8)) type = ReadString(ref reader);
                else if (reader.ValueTextEquals("session"u8)) session = ReadString(ref reader);
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
