using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolRuntime.Sessions;

/// <summary>Bytes that are JSON already go into JSON as they are, and not as a text of four thirds their size, which is what older versions wrote.</summary>
internal sealed class JsonBytesConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetBytesFromBase64();
        using var document = JsonDocument.ParseValue(ref reader);
        return JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
    {
        if (value.Length == 0) writer.WriteStringValue("");
        else writer.WriteRawValue(value, skipInputValidation: true);
    }
}
