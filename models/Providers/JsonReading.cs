using System.Net.ServerSentEvents;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>Looks into answers whose members may be missing or null.</summary>
internal static class JsonReading
{
    /// <summary>The event's JSON.</summary>
    /// <exception cref="IOException">It is none: what stands between us and the provider broke it.</exception>
    public static JsonElement Json(this SseItem<string> item)
    {
        try
        {
            using var document = JsonDocument.Parse(item.Data);
            return document.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            throw new IOException("The model's server sent an event that is no JSON.", broken);
        }
    }

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    public static JsonElement? Member(this JsonElement? element, string name) => element?.Member(name);

    public static string? Text(this JsonElement? element, string name) => element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static string? Text(this JsonElement element, string name) => Text((JsonElement?)element, name);

    public static long? Number(this JsonElement? element, string name) => element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
