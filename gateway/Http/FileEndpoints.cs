using System.Text.Json;
using Microsoft.Net.Http.Headers;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// Files of a session's workspace, read by the silo that has the session, a part at a time: a gateway needs no disk of its own, and a
/// download goes on at another silo when the first one dies.
/// </summary>
internal sealed class FileEndpoints(SessionOpener opener, SessionCalls calls)
{
    private const int DefaultLimit = 1_000;
    private const int MaxLimit = 10_000;

    /// <summary><c>GET …/files?path=&amp;recursive=&amp;limit=</c>.</summary>
    public async Task ListAsync(HttpContext context, string session)
    {
        var (identity, query) = (Identity.Of(context), context.Request.Query);
        var (path, recursive) = (query["path"].FirstOrDefault(), query["recursive"].FirstOrDefault());
        var refusal = HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit) ? null : HttpQuery.BadLimit(MaxLimit);
        if (recursive is not (null or "true" or "false")) refusal ??= new(ErrorCode.InvalidCommand, "recursive is neither true nor false.");
        refusal ??= (await opener.FindAsync(identity, session, context.RequestAborted)).Error;
        var listed = refusal is not null
            ? new(null, refusal)
            : await calls.ListFilesAsync(identity, session, string.IsNullOrEmpty(path) ? "." : path, recursive == "true", limit, context.RequestAborted);
        await (listed.Value is { } listing ? HttpJson.WriteAsync(context, writer => Write(writer, listing)) : HttpErrors.WriteAsync(context, listed.Error!));
    }

    /// <summary><c>GET …/files/content?path=</c>, also of one range.</summary>
    public async Task DownloadAsync(HttpContext context, string session)
    {
        var (identity, path) = (Identity.Of(context), context.Request.Query["path"].FirstOrDefault());
        var refusal = string.IsNullOrEmpty(path)
            ? new(ErrorCode.InvalidCommand, "path is missing.")
            : (await opener.FindAsync(identity, session, context.RequestAborted)).Error;
        var wanted = RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var range) && range is { Unit.Value: "bytes", Ranges.Count: 1 }
            ? range.Ranges.First()
            : null;
        var read = refusal is not null ? new(null, refusal) : await ReadAsync(0, wanted is null ? FileChunk.MaxBytes : 0, null);
        if (read.Value is not { } first)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        if (!TryBegin(context, path!, first, wanted, out var from, out var to)) return;
        var (offset, part) = (from, first);
        while (offset < to)
        {
            if (offset > 0 || wanted is not null)
            {
                // What was promised can't be kept if the file is another one by now; a body that ends early says so.
                if ((await ReadAsync(offset, (int)Math.Min(to - offset, FileChunk.MaxBytes), first.Tag)).Value is not { Bytes.IsEmpty: false } next)
                {
                    context.Abort();
                    return;
                }

                part = next;
            }

            var bytes = part.Bytes[..(int)Math.Min(part.Bytes.Length, to - offset)];
            if (bytes.IsEmpty)
            {
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            offset += bytes.Length;
        }

        Task<SessionReply<FileChunk>> ReadAsync(long at, int count, string? tag) =>
            calls.ReadFileAsync(identity, session, path!, at, count, tag, context.RequestAborted);
    }

    /// <summary>Writes the head. False: that is the whole answer.</summary>
    private static bool TryBegin(HttpContext context, string path, FileChunk file, RangeItemHeaderValue? wanted, out long from, out long to)
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

        headers.ContentType = new("application/octet-stream");
        headers.ContentLength = to - from;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(path[(path.TrimEnd('/').LastIndexOf('/') + 1)..]);
        headers.ContentDisposition = disposition;
        return true;
    }

    private static void Write(Utf8JsonWriter writer, FolderListing listing)
    {
        writer.WriteStartArray("files");
        foreach (var entry in listing.Entries)
        {
            writer.WriteStartObject();
            writer.WriteString("path", entry.Path);
            writer.WriteString("type", entry.Type);
            if (entry.Bytes is { } bytes) writer.WriteNumber("bytes", bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("truncated", listing.Truncated);
    }
}
