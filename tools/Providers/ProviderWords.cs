using System.Text;
using System.Text.Json;

namespace ToolRuntime.Tools.Providers;

/// <summary>What a provider says of an error: in whatever member, on one line, shortened and without our key.</summary>
internal static class ProviderWords
{
    private const int MaxText = 300;
    private const int MaxDepth = 3;

    private static readonly string[] Members = ["error", "message", "detail", "error_message", "reason", "code"];

    /// <summary>The words in a refusal's body; empty where there are none that a person can read.</summary>
    public static string Of(ReadOnlySpan<byte> body, Provider provider)
    {
        var text = Encoding.UTF8.GetString(body).Trim();
        if (text.Length == 0 || text[0] == '<') return "";
        if (text[0] is not ('{' or '[' or '"')) return Clean(text, provider);
        try
        {
            using var document = JsonDocument.Parse(text);
            return Of(document.RootElement, provider);
        }
        catch (JsonException)
        {
            return "";
        }
    }

    public static string Of(JsonElement error, Provider provider) => Find(error, 0) is { } words ? Clean(words, provider) : "";

    private static string? Find(JsonElement value, int depth) => value.ValueKind switch
    {
        JsonValueKind.String => HalfCharacters.Read(value) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null,
        JsonValueKind.Object when depth < MaxDepth => Members.Select(name => value.TryGetProperty(name, out var inner) ? Find(inner, depth + 1) : null).FirstOrDefault(words => words is not null),
        JsonValueKind.Array when depth < MaxDepth && value.GetArrayLength() > 0 => Find(value[0], depth + 1),
        _ => null,
    };

    private static string Clean(string text, Provider provider)
    {
        if (provider.Key is { Length: > 0 } key) text = text.Replace(key, "[redacted]", StringComparison.Ordinal);
        text = VisibleText.OnOneLine(text);
        if (text.Length <= MaxText) return text;
        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";
    }
}
