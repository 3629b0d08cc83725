using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Recordings;

/// <summary><c>GET /v1/sessions/{session}/recording</c>, and that of an execution: the log as a recording, read and sent a page at a time.</summary>
internal sealed class RecordingEndpoint(SessionOpener opener, ISessionLog log, CommandRetry retry, IOptions<RecordingOptions> options) : IDisposable
{
    private const int RetryAfterMs = 1_000;

    private static readonly LogReadLimits Page = new(4_096, 1_048_576);
    private static readonly LogReadLimits Moment = new(MomentWriter.MostHeld, MomentWriter.MostBytes);

    private readonly SemaphoreSlim places = new(options.Value.AtOnce);

    private static Rejection Missing => new(ErrorCode.NotFound, "The session's log knows no such execution.");

    private static Rejection Busy => new(ErrorCode.RateLimited, "This gateway sends as many recordings as it may.", Retryable: true, RetryAfterMs);

    private static Rejection NoMoment => new(ErrorCode.InvalidCommand, "at is no seq of an event, or the format is not events.");

    public async Task GetAsync(HttpContext context, string session, string? execution)
    {
        var (format, last, refusal) = Read(context.Request);
        var found = refusal is not null ? new(null, refusal) : await opener.FindAsync(Identity.Of(context), session, context.RequestAborted);
        if (found.Value is null || format is null) await HttpErrors.WriteAsync(context, found.Error!);
        else await SendAsync(context, Identity.Of(context).Key(session), format, new(session, execution, found.Value.Epoch, Math.Min(last, found.Value.Head)));
    }

    /// <summary>Sends a recording to whoever may have it; <paramref name="through"/> takes out what they may not.</summary>
    public async Task SendAsync(HttpContext context, SessionKey key, RecordingFormat format, RecordingSubject subject, Func<IRecordingWriter, IRecordingWriter>? through = null)
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            await HttpErrors.WriteAsync(context, Busy);
            return;
        }

        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            var writer = format.Open(subject, buffer);
            await SendAsync(context, key, format, subject, buffer, new(subject, through?.Invoke(writer) ?? writer));
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private static (RecordingFormat? Format, long Last, Rejection? Refusal) Read(HttpRequest request)
    {
        if (RecordingFormat.Of(request) is not { } format) return (null, 0, RecordingFormat.Unknown);
        if (!request.Query.TryGetValue("at", out var at)) return (format, long.MaxValue, null);
        return long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq > 0 && format.At is { } moment ? (moment, seq, null) : (null, 0, NoMoment);
    }

    private async Task SendAsync(
        HttpContext context, SessionKey key, RecordingFormat format, RecordingSubject subject, ArrayBufferWriter<byte> buffer, RecordingSelection selection)
    {
        var sent = false;
        for (var after = 0L; after < subject.Head && !selection.Ended;)
        {
            var place = after;
            var read = await retry.RunAsync(async () => new SessionReply<Part>(await ReadAsync(key, format, subject, place, context.RequestAborted), null), context.RequestAborted);
            if (read.Value is not var (page, isMoment) || page.Epoch != subject.Epoch)
            {
                // What was sent can't be taken back: that it ends early says that it is not all.
                if (sent) context.Abort();
                else await HttpErrors.WriteAsync(context, read.Error ?? new(ErrorCode.Conflict, "The session began anew while it was read; ask again.", Retryable: true));
                return;
            }

            after = isMoment ? selection.TakeMoment(page) : selection.Take(page, after);
            if (!selection.Any) continue;
            if (!sent) Begin(context, format, subject);
            sent = true;
            await FlushAsync(context, buffer);
        }

        if (!selection.Any && subject.Execution is not null)
        {
            await HttpErrors.WriteAsync(context, Missing);
            return;
        }

        if (!sent) Begin(context, format, subject);
        selection.End();
        await FlushAsync(context, buffer);
    }

    private async Task<Part> ReadAsync(SessionKey key, RecordingFormat format, RecordingSubject subject, long after, CancellationToken cancellationToken)
    {
        var moment = format.IsMoment && after == 0 ? await log.ReadMomentAsync(key, subject.Head, subject.Execution, Moment, cancellationToken) : null;
        var entries = (int)Math.Min(Page.MaxEntries, subject.Head - after);
        return new(moment ?? await log.ReadAsync(key, after, Page with { MaxEntries = entries }, cancellationToken), moment is not null);
    }

    private static async Task FlushAsync(HttpContext context, ArrayBufferWriter<byte> buffer)
    {
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
        buffer.ResetWrittenCount();
    }

    private static void Begin(HttpContext context, RecordingFormat format, RecordingSubject subject)
    {
        var headers = context.Response.Headers;
        (headers.ContentType, headers.CacheControl, headers.XContentTypeOptions) = (format.ContentType, "no-store", "nosniff");
        if (format.Extension is not { } extension) return;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{subject.Execution ?? subject.Session}.{extension}");
        context.Response.GetTypedHeaders().ContentDisposition = disposition;
    }

    /// <summary>What was read of a log: the next page of it, or all that a moment needs.</summary>
    private sealed record Part(LogPage Page, bool IsMoment);
}
