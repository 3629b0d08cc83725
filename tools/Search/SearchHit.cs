using System.Text.Json;

namespace ToolRuntime.Tools.Search;

/// <summary>A page that was found.</summary>
/// <param name="Url">Its address, http or https.</param>
/// <param name="Title">Its title.</param>
/// <param name="Snippet">Some of its text.</param>
/// <param name="Score">How well it fits, by the provider's own measure.</param>
/// <param name="Published">When it was published, as the provider writes it.</param>
internal sealed record SearchHit(Uri Url, string Title, string Snippet, double? Score, string? Published)
{
    private const int MaxTitle = 300;
    private const int MaxSnippet = 4_000;

    /// <summary>A provider's result; null if it names no page.</summary>
    public static SearchHit? Of(JsonElement result, string published)
    {
        if (result.ValueKind != JsonValueKind.Object || !Uri.TryCreate(Text(result, "url"), UriKind.Absolute, out var url)) return null;
        if (url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0) return null;
        double? score = result.TryGetProperty("score", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out var known) && double.IsFinite(known) ? known : null;
        var date = VisibleText.OnOneLine(Text(result, published));
        return new(
            url,
            VisibleText.Cut(VisibleText.OnOneLine(Text(result, "title")), MaxTitle),
            VisibleText.Cut(VisibleText.Of(Text(result, "content")).Trim(), MaxSnippet),
            score,
            date.Length is > 0 and <= 60 ? date : null);
    }

    private static string Text(JsonElement result, string name) =>
        result.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? HalfCharacters.Read(value) is { } text ? HalfCharacters.Mend(text) : "" : "";
}
