using System.Net.ServerSentEvents;
using System.Text.Json;

namespace ToolRuntime.Models.Providers;

/// <summary>Looks into answers whose members may be missing or null.</summary>
internal static class JsonReading
{
    /// <summary>Deeper than any arguments that we take, so that too deep ones fail their call alone.</summary>
    public const int MaxDepth = 1_000;

    /// <summary>The event's JSON.</summary>
    /// <exception cref="IOException">It is none: what stands between us and the provider broke it.</exception>
    public static JsonElement Json(this SseItem<string> item)
    {
        try
        {
            using var document = JsonDocument.Parse(item.Data, new() { MaxDepth = MaxDepth });
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

    /// <summary>A text that stands alone; half a character in it is replaced.</summary>
    public static string? Text(this JsonElement? element, string name) =>
        element.Piece(name) is { } text ? HalfCharacters.Mend(text) : null;

    public static string? Text(this JsonElement element, string name) => Text((JsonElement?)element, name);

    /// <summary>A text that others go on with; it may begin or end with half a character.</summary>
    public static string? Piece(this JsonElement? element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? HalfCharacters.Read(text) : null;

    public static string? Piece(this JsonElement element, string name) => Piece((JsonElement?)element, name);

    public static long? Number(this JsonElement? element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    public static long? Number(this JsonElement element, string name) => Number((JsonElement?)element, name);

    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => Items((JsonElement?)element, name);
}
