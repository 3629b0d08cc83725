using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>
/// Messages of a server as the package can read them. It drops those that it can't, and the call that one of them answers would wait until
/// its time-out: nested too deep, no JSON, or neither a result nor an error. Such an answer becomes an error with its id, where it has one.
/// Halves of characters become U+FFFD.
/// </summary>
internal static class ReadableMessage
{
    private const string Reason = "The server's answer can't be read.";

    // Only to find the id behind a result; nothing is kept of what is read.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = 1_000_000, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>What to read in place of a message; null if it is fine, or if nothing can be said in its place.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> message)
    {
        if (message.Trim(" \t\r\n"u8).IsEmpty) return null;
        var mended = Mended(message);
        ReadOnlySpan<byte> readable = mended is null ? message : mended;
        try
        {
            _ = JsonSerializer.Deserialize<JsonRpcMessage>(readable, McpJsonUtilities.DefaultOptions);
            return mended;
        }
        catch (JsonException)
        {
            return IdOf(readable) is { } id ? Error(id) : mended;
        }
    }

    /// <summary>Without what is no text; null if there is nothing to mend.</summary>
    private static byte[]? Mended(ReadOnlySpan<byte> message)
    {
        byte[]? mended = null;
        if (message.StartsWith(Encoding.UTF8.Preamble)) mended = message[Encoding.UTF8.Preamble.Length..].ToArray();
        if (!Utf8.IsValid(message)) mended = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(mended is null ? message : mended));
        return HalfCharacters.Replace(mended is null ? message : mended) ?? mended;
    }

    /// <summary>The id of what may be an answer; null for requests and notifications, and if there is none.</summary>
    private static JsonElement? IdOf(ReadOnlySpan<byte> message)
    {
        JsonElement? id = null;
        var reader = new Utf8JsonReader(message, AnyDepth);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.ValueTextEquals("method"u8)) return null;
                if (!reader.ValueTextEquals("id"u8) || !reader.Read()) continue;
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.Number) id = JsonElement.ParseValue(ref reader);
            }
        }
        catch (JsonException)
        {
            // What stands before the place where it breaks counts.
        }

        return id ?? WrittenId(message);
    }

    /// <summary>
    /// The id that stands behind the place where the JSON breaks: within a string of JSON there can't be such quotation marks.
    /// </summary>
    private static JsonElement? WrittenId(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"method\""u8) >= 0 || message.LastIndexOf("\"id\""u8) is not (>= 0 and var at)) return null;
        var rest = message[(at + 4)..].TrimStart(" \t"u8);
        if (rest is not [(byte)':', ..]) return null;
        var reader = new Utf8JsonReader(rest[1..], isFinalBlock: false, default);
        try
        {
            return reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.Number ? JsonElement.ParseValue(ref reader) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Error(JsonElement id)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WritePropertyName("id");
            id.WriteTo(json);
            json.WriteStartObject("error");
            json.WriteNumber("code", (int)McpErrorCode.ParseError);
            json.WriteString("message", Reason);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
