using System.Text.Json;
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
        var wanted = FileDownload.RangeOf(context);
        var read = refusal is not null ? new(null, refusal) : await ReadAsync(0, wanted is null ? FileChunk.MaxBytes : 0, null);
        if (read.Value is not { } first)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        // What was promised can't be kept if the file is another one by now; a body that ends early says so.
        var name = path![(path!.TrimEnd('/').LastIndexOf('/') + 1)..];
        var head = new DownloadHead(first.Tag, first.Size, name, "application/octet-stream", first.ChangedAt);
        await FileDownload.SendAsync(context, head, wanted, first.Bytes, async (offset, count) => (await ReadAsync(offset, count, first.Tag)).Value?.Bytes);

        Task<SessionReply<FileChunk>> ReadAsync(long at, int count, string? tag) =>
            calls.ReadFileAsync(identity, session, path!, at, count, tag, context.RequestAborted);
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
            if (entry.ChangedAt is { } changed) writer.WriteString("changedAt", changed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteBoolean("truncated", listing.Truncated);
    }
}
