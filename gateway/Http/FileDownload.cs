using Microsoft.Net.Http.Headers;

namespace ToolRuntime.Gateway.Http;

/// <summary>What is told of a file before its bytes.</summary>
/// <param name="Tag">Of this version.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Name">For who saves it.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="ChangedAt">When it was changed, where that is known.</param>
/// <param name="Inline">Whether a browser may show it in its place.</param>
internal sealed record DownloadHead(string Tag, long Size, string Name, string ContentType, DateTimeOffset? ChangedAt = null, bool Inline = false);

/// <summary>Sends a file, or one range of it, a part at a time.</summary>
internal static class FileDownload
{
    /// <summary>Most bytes of one part.</summary>
    private const int PartBytes = 256 * 1024;

    /// <summary>The one range that is asked for.</summary>
    public static RangeItemHeaderValue? RangeOf(HttpContext context) =>
        RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var range) && range is { Unit.Value: "bytes", Ranges.Count: 1 }
            ? range.Ranges.First()
            : null;

    /// <param name="context">The request.</param>
    /// <param name="head">What it is.</param>
    /// <param name="wanted">What <see cref="RangeOf"/> gave.</param>
    /// <param name="first">The first part, where no range is asked for.</param>
    /// <param name="read">Reads a part; nothing where it can't be had any more, which ends the body early.</param>
    public static async Task SendAsync(
        HttpContext context, DownloadHead head, RangeItemHeaderValue? wanted, ReadOnlyMemory<byte> first, Func<long, int, Task<ReadOnlyMemory<byte>?>> read)
    {
        if (!TryBegin(context, head, wanted, out var from, out var to)) return;
        for (var offset = from; offset < to;)
        {
            var part = offset == 0 && wanted is null ? first : await read(offset, (int)Math.Min(to - offset, PartBytes)) ?? default;
            if (part.IsEmpty)
            {
                context.Abort();
                return;
            }

            part = part[..(int)Math.Min(part.Length, to - offset)];
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
            offset += part.Length;
        }
    }

    /// <summary>Writes the head. False: that is the whole answer.</summary>
    private static bool TryBegin(HttpContext context, DownloadHead file, RangeItemHeaderValue? wanted, out long from, out long to)
    {
        (from, to) = (0, file.Size);
        var (headers, tag) = (context.Response.GetTypedHeaders(), new EntityTagHeaderValue($"\"{file.Tag}\""));
        (headers.ETag, headers.LastModified) = (tag, file.ChangedAt);
        headers.CacheControl = new() { Private = true, NoCache = true };
        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.Headers.XContentTypeOptions = "nosniff"; // people's files are data, not pages of ours
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return false;
        }

        if (wanted is not null && context.Request.Headers.IfRange is [{ } condition, ..] && condition != tag.ToString()) wanted = null;
        if (wanted is not null)
        {
            (from, to) = wanted.From is { } start
                ? (start, Math.Min(wanted.To + 1 ?? file.Size, file.Size))
                : (Math.Max(0, file.Size - (wanted.To ?? 0)), file.Size);
            if (from >= to)
            {
                headers.ContentRange = new(file.Size);
                context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return false;
            }

            headers.ContentRange = new(from, to - 1, file.Size);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
        }

        headers.ContentType = MediaTypeHeaderValue.Parse(file.ContentType);
        headers.ContentLength = to - from;
        var disposition = new ContentDispositionHeaderValue(file.Inline ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        headers.ContentDisposition = disposition;
        return true;
    }
}
