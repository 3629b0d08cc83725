using System.Text.Json;

namespace ToolRuntime.Gateway.Http;

/// <summary>Reads what an encoded event says of itself before its own fields.</summary>
internal static class EventHead
{
    /// <summary>The event's <c>batchId</c>, or null.</summary>
    public static string? BatchOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("batchId"u8);
            reader.Read();
            if (found) return reader.GetString();
            reader.Skip();
        }

        return null;
    }
}
