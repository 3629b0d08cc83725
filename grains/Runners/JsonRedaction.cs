using System.Text;
using System.Text.Json;

namespace ToolRuntime.Runners;

/// <summary>Redaction of JSON: in its strings, names and numbers as they read unescaped, so that the result is JSON again.</summary>
internal static class JsonRedaction
{
    /// <summary>The value without secrets; the same text where there are none.</summary>
    public static JsonText Redact(this Redactor redactor, JsonText json)
    {
        if (json.Json is not { Length: >= Redactor.MinLength } text) return json;

        var utf8 = Encoding.UTF8.GetBytes(text);
        return IsClean(redactor, utf8) ? json : Rewrite(redactor, utf8);
    }

    private static bool IsClean(Redactor redactor, byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName or JsonTokenType.Number)) continue;
            if (reader.ValueSpan.Length < Redactor.MinLength) continue;

            var value = Value(ref reader);
            if (!ReferenceEquals(redactor.Redact(value), value)) return false;
        }

        return true;
    }

    private static JsonText Rewrite(Redactor redactor, byte[] utf8)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(utf8.Length);
        using (var writer = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            var reader = new Utf8JsonReader(utf8);
            while (reader.Read()) Copy(redactor, ref reader, writer);
        }

        return new(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void Copy(Redactor redactor, ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(redactor.Redact(Value(ref reader)));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(redactor.Redact(Value(ref reader)));
                break;
            case JsonTokenType.Number when Value(ref reader) is var number && redactor.Redact(number) is var redacted
                && !ReferenceEquals(number, redacted):
                writer.WriteStringValue(redacted);
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static string Value(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString()!;
}
