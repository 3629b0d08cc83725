using System.Text.Json;

namespace ToolRuntime.Gateway.Http;

/// <summary>What a client says of a fault of its own. Texts come from strangers: they are cut, and not yet without secrets.</summary>
/// <param name="Message">What went wrong.</param>
/// <param name="Name">The kind of error, such as <c>TypeError</c>.</param>
/// <param name="Stack">Where, as the client's language prints it.</param>
/// <param name="Client">Which client it is, and which version.</param>
/// <param name="Page">Where in the client it happened, without query.</param>
/// <param name="Session">The session that it was about; null where it is none that could be.</param>
internal sealed record ClientErrorReport(string Message, string? Name, string? Stack, string? Client, string? Page, string? Session)
{
    private const int MaxMessage = 2_000;
    private const int MaxStack = 8_000;
    private const int MaxShort = 200;

    /// <summary>Reads a report; a refusal where it says nothing.</summary>
    public static (ClientErrorReport? Report, Rejection? Refusal) Read(JsonElement json)
    {
        var unusable = new Rejection(ErrorCode.InvalidCommand, "The field message is missing or malformed.");
        if (Text(json, "message", MaxMessage) is not { } message) return (null, unusable);
        var session = Text(json, "session", EntityId.MaxLength);
        var (name, stack, client) = (Text(json, "name", MaxShort), Text(json, "stack", MaxStack), Text(json, "client", MaxShort));
        return (new(message, name, stack, client, WithoutQuery(Text(json, "page", MaxShort)), EntityId.IsValid(session) ? session : null), null);
    }

    private static string? Text(JsonElement json, string name, int length)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        var text = value.GetString()!.Trim();
        if (text.Length == 0) return null;
        if (text.Length <= length) return text;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
    }

    private static string? WithoutQuery(string? page) => page?.IndexOfAny(['?', '#']) is >= 0 and var end ? page[..end] : page;
}
