using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>Files that the build has compressed (<c>name.br</c>, <c>name.gz</c> beside <c>name</c>), sent to those who take them.</summary>
internal sealed class CompressedFiles(IFileProvider files) : IContentTypeProvider
{
    private static readonly (string Coding, string Suffix)[] s_codings = [("br", ".br"), ("gzip", ".gz")];
    private static readonly object s_chosen = new();
    private readonly FileExtensionContentTypeProvider _types = new();

    /// <summary>Turns the request to the best form of its file that the client takes.</summary>
    public Task ChooseAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.GetEndpoint() is not null || !Exists(path)) return next(context);
        if (s_codings.Any(coding => path.EndsWith(coding.Suffix, StringComparison.Ordinal)))
        {
            // What they hold is to be had under its own name.
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var there = s_codings.Where(coding => Exists(path + coding.Suffix)).ToArray();
        if (there.Length == 0) return next(context);
        context.Items[s_chosen] = "";
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        foreach (var (coding, suffix) in there.Where(coding => Accepts(accepted, coding.Coding)).Take(1))
        {
            context.Items[s_chosen] = coding;
            context.Request.Path = path + suffix;
        }

        return next(context);
    }

    /// <summary>Says which form it is, and that others get another one.</summary>
    public static void SetHeaders(HttpContext context)
    {
        if (context.Items[s_chosen] is not string coding) return;
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (coding.Length > 0) context.Response.Headers.ContentEncoding = coding;
    }

    public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType)
    {
        var suffix = s_codings.Select(coding => coding.Suffix).FirstOrDefault(suffix => subpath.EndsWith(suffix, StringComparison.Ordinal));
        return _types.TryGetContentType(suffix is null ? subpath : subpath[..^suffix.Length], out contentType);
    }

    private bool Exists(string path) => files.GetFileInfo(path) is { Exists: true, IsDirectory: false };

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string coding)
    {
        var named = accepted.FirstOrDefault(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase));
        named ??= accepted.FirstOrDefault(value => value.Value == "*");
        return named is not null && named.Quality is not 0;
    }
}
