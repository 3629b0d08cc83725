using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Models.Providers;

/// <summary>What a provider says of an error: in whatever member, shortened and freed of keys.</summary>
internal static partial class ProviderWords
{
    private const int MaxText = 300;

    /// <summary>Members that hold the words, the best first; some hold another object with them.</summary>
    private static readonly string[] Members = ["message", "detail", "error", "msg", "error_message", "reason"];

    /// <summary>A sentence with the words, or nothing.</summary>
    public static string Said(JsonElement? error, ProviderOptions options)
    {
        var words = Words(error, depth: 0);
        // What a router passes on says more than its own words.
        if (error.Member("metadata").Text("raw") is { } raw && !string.IsNullOrWhiteSpace(raw))
        {
            words = words is null ? raw : $"{words}: {raw}";
        }

        return words is null || string.IsNullOrWhiteSpace(words) ? "" : " It says: " + Clean(words.Trim(), options);
    }

    private static string? Words(JsonElement? error, int depth)
    {
        switch (error?.ValueKind)
        {
            case JsonValueKind.String:
                return HalfCharacters.Mend(HalfCharacters.Read(error.Value) ?? "");
            case JsonValueKind.Number:
                return error.Value.GetRawText();
            case JsonValueKind.Object when depth < 3:
                var all = Members.Select(name => Words(error.Member(name), depth + 1));
                return all.FirstOrDefault(words => !string.IsNullOrWhiteSpace(words)) ?? error.Text("code") ?? error.Text("type");
            case JsonValueKind.Array when depth < 3 && error.Value.GetArrayLength() > 0:
                return Words(error.Value[0], depth + 1);
            default:
                return null;
        }
    }

    private static string Clean(string text, ProviderOptions options)
    {
        if (options.ApiKey is { Length: > 0 } key) text = text.Replace(key.Trim(), "***", StringComparison.Ordinal);
        text = LikeAKey().Replace(text, "***");
        if (text.Length <= MaxText) return text;
        return text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";
    }

    [GeneratedRegex(@"\b(sk-|AIza|Bearer )[A-Za-z0-9_\-\*\.]{8,}")]
    private static partial Regex LikeAKey();
}
