using ToolRuntime.Blobs;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// What tools have published, read by the silo that has the session, for whoever may see that. Pictures are shown in their place; anything
/// else is a file to be saved, and nothing of it runs in our origin.
/// </summary>
internal sealed class BlobEndpoints(SessionOpener opener, SessionCalls calls)
{
    private const string Policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary><c>GET /v1/blobs/{id}</c>, also of one range.</summary>
    public async Task DownloadAsync(HttpContext context, string text)
    {
        var (identity, wanted) = (Identity.Of(context), FileDownload.RangeOf(context));
        var refusal = BlobId.TryParse(text, out var id)
            ? (await opener.FindAsync(identity, id.Session, context.RequestAborted)).Error
            : new(ErrorCode.NotFound, "There is no such blob.");
        var found = refusal is not null ? new(null, refusal) : await ReadAsync(0, wanted is null ? BlobChunk.MaxBytes : 0);
        if (found.Value is not { } first)
        {
            await HttpErrors.WriteAsync(context, found.Error!);
            return;
        }

        var info = first.Info;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-site";
        var head = new DownloadHead(id.Name, info.Bytes, info.FileName, info.MediaType, Inline: IsPicture(info.MediaType));
        await FileDownload.SendAsync(context, head, wanted, first.Bytes, async (offset, count) => (await ReadAsync(offset, count)).Value?.Bytes);

        Task<SessionReply<BlobChunk>> ReadAsync(long at, int count) => calls.ReadBlobAsync(identity, id, at, count, context.RequestAborted);
    }

    private static bool IsPicture(string mediaType) =>
        mediaType is "image/png" or "image/jpeg" or "image/gif" or "image/webp" or "image/svg+xml";
}
