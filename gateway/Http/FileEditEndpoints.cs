using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// Changes files of a session's workspace, through the silo that has the session. What is uploaded goes there a part at a time, so that neither holds more of it in memory than that, and is
/// put in its place when all of it is there.
/// </summary>
internal sealed class FileEditEndpoints(SessionOpener opener, SessionCalls calls)
{
    /// <summary>Each part is garbage afterwards; so small, it is none of the large objects' heap.</summary>
    private const int PartBytes = 64 * 1024;

    /// <summary><c>PUT …/files/content?path=</c>: the body, whatever its type, is the file.</summary>
    public async Task UploadAsync(HttpContext context, string session)
    {
        var (refusal, path) = await RefuseAsync(context, session);
        if (refusal is null && context.Request.Headers.ContentRange.Count > 0) refusal = new(ErrorCode.InvalidCommand, "A part of a file can't be written; send all of it.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var written = refusal is not null ? new(null, refusal) : await SendAsync(context, session, path);
        await AnswerAsync(context, path, written);
    }

    /// <summary><c>PUT …/files?path=</c>: a folder.</summary>
    public async Task MakeFolderAsync(HttpContext context, string session)
    {
        var (refusal, path) = await RefuseAsync(context, session);
        var made = refusal is not null ? new(null, refusal) : await calls.MakeFolderAsync(Identity.Of(context), session, path, context.RequestAborted);
        await AnswerAsync(context, path, made);
    }

    /// <summary><c>DELETE …/files?path=&amp;recursive=</c>, and <c>DELETE …/files/content?path=</c>.</summary>
    public async Task DeleteAsync(HttpContext context, string session)
    {
        var (refusal, path) = await RefuseAsync(context, session);
        var recursive = context.Request.Query["recursive"].FirstOrDefault();
        if (recursive is not (null or "true" or "false")) refusal ??= new(ErrorCode.InvalidCommand, "recursive is neither true nor false.");
        var deleted = refusal is not null
            ? new(null, refusal)
            : await calls.DeleteFileAsync(Identity.Of(context), session, path, recursive == "true", ConditionOf(context.Request), context.RequestAborted);
        await AnswerAsync(context, path, deleted);
    }

    private async Task<(Rejection? Refusal, string Path)> RefuseAsync(HttpContext context, string session)
    {
        var path = context.Request.Query["path"].FirstOrDefault();
        return string.IsNullOrEmpty(path)
            ? (new(ErrorCode.InvalidCommand, "path is missing."), "")
            : ((await opener.FindAsync(Identity.Of(context), session, context.RequestAborted)).Error, path);
    }

    private async Task<SessionReply<WrittenFile>> SendAsync(HttpContext context, string session, string path)
    {
        var (identity, body, total) = (Identity.Of(context), context.Request.Body, context.Request.ContentLength);
        var first = new FilePart($"{Guid.NewGuid():N}", path, 0, default, total, ConditionOf(context.Request), FileStep.More);
        var ended = false;
        try
        {
            for (var at = 0L; ;)
            {
                // A new one each time: a call that is repeated may still have the one before.
                var bytes = new byte[(int)Math.Min(PartBytes, total - at ?? PartBytes)];
                var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, context.RequestAborted);
                var step = length < bytes.Length || at + length == total ? FileStep.Last : FileStep.More;
                var reply = await calls.WriteFileAsync(identity, session, first with { Offset = at, Bytes = bytes.AsMemory(0, length), Step = step }, context.RequestAborted);
                ended = step == FileStep.Last || reply.Error is not null;
                if (ended) return reply;
                at += length;
            }
        }
        finally
        {
            if (!ended) _ = calls.WriteFileAsync(identity, session, first with { Step = FileStep.Abandoned }, CancellationToken.None);
        }
    }

    private static FileCondition ConditionOf(HttpRequest request)
    {
        var headers = request.GetTypedHeaders();
        return new([.. headers.IfMatch.Select(Tag)], [.. headers.IfNoneMatch.Select(Tag)]);

        // Compared strongly: a weak one is no version of ours.
        static string Tag(EntityTagHeaderValue tag) => tag.IsWeak ? $"W/{tag.Tag}" : tag.Tag.Value!.Trim('"');
    }

    private static Task AnswerAsync(HttpContext context, string path, SessionReply<WrittenFile> reply)
    {
        if (reply.Value is not { } written)
        {
            var conditional = context.Request.Headers.IfMatch.Count + context.Request.Headers.IfNoneMatch.Count > 0;
            return HttpErrors.WriteAsync(context, reply.Error!, conditional && reply.Error!.Code == ErrorCode.Conflict ? StatusCodes.Status412PreconditionFailed : null);
        }

        if (written.Tag is { } tag) context.Response.GetTypedHeaders().ETag = new($"\"{tag}\"");
        context.Response.StatusCode = written.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("path", path);
            writer.WriteNumber("bytes", written.Bytes);
            if (written.NotSaved is { } why) writer.WriteString("notSaved", why);
        });
    }
}
