namespace ToolRuntime.Gateway.Sharing;

/// <summary>Addresses of links, which are the secret itself.</summary>
internal static class SharePath
{
    /// <summary>Of the page.</summary>
    public const string Page = "/shared";

    /// <summary>Of what the page, and programs, ask for.</summary>
    public const string Api = "/v1/shared";

    /// <summary>A path as it may be logged.</summary>
    public static PathString ForLog(PathString path) =>
        path.StartsWithSegments(Api, out var rest) && rest.Value is { Length: > 1 } token && token.IndexOf('/', 1) is var end
            ? new($"{Api}/[token]{(end < 0 ? "" : token[end..])}")
            : path;
}
