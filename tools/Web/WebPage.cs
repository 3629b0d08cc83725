namespace ToolRuntime.Tools.Web;

/// <summary>What a server sent.</summary>
/// <param name="Url">Where it came from, redirects followed.</param>
/// <param name="Status">The status, a success.</param>
/// <param name="MediaType">Its type, lower case; empty where the server said none.</param>
/// <param name="Charset">The charset that the server said.</param>
/// <param name="Bytes">The body, as far as it was read.</param>
/// <param name="Truncated">The body is longer.</param>
/// <param name="Redirects">How many were followed.</param>
internal sealed record WebPage(
    Uri Url, int Status, string MediaType, string? Charset, ReadOnlyMemory<byte> Bytes, bool Truncated, int Redirects)
{
    public bool IsHtml => MediaType is "text/html" or "application/xhtml+xml" || (MediaType.Length == 0 && !IsBinary);

    /// <summary>Neither text nor of a type that is text.</summary>
    public bool IsBinary => !IsTextType(MediaType) && (MediaType.Length > 0 || Bytes.Span.Contains((byte)0));

    public static bool IsTextType(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("+json", StringComparison.Ordinal)
            || type.EndsWith("+xml", StringComparison.Ordinal)
        || type is "application/json" or "application/xml" or "application/javascript" or "application/yaml" or "application/x-yaml" or "application/x-ndjson";
}
