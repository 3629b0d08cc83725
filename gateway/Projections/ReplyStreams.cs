using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Streams replies. As with every stream here its closing cancels nothing, and it ends with its key and with the server.</summary>
internal sealed class ReplyStreams(Grants grants, GatewayDrain drain, StreamMeasures measures, IOptions<HttpOptions> options)
{
    private static readonly OpenAIError Lost = OpenAIError.Of(
        new Rejection(ErrorCode.NotFound, "The reply can't be followed to its end: it was erased, or its place in the log is lost."));
    private static readonly OpenAIError Leaving = OpenAIError.Of(
        new Rejection(ErrorCode.Unavailable, "The server stops, or the key has ended. The reply goes on in its session.", Retryable: true));

    /// <summary>Opens the reply once it may be streamed, and streams it.</summary>
    public async Task RunAsync(HttpContext context, string session, Func<Task<SessionReply<ReplyTail>>> open, Func<ReplyTail, IReplyProjection> project)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(drain.Leaving, context.RequestAborted);
        var (grant, refusal) = await grants.TakeAsync(Credential.Of(context));
        using var granted = grant;
        if (grant is null)
        {
            await HttpErrors.WriteAsync(context, refusal!);
            return;
        }

        grant.Begin((_, _) => _ = ended.CancelAsync());
        var opened = await open();
        if (opened.Value is not { } tail)
        {
            await HttpErrors.WriteAsync(context, opened.Error!);
            return;
        }

        await using (tail)
        {
            using var counted = measures.Open.Add(grant.Identity.Key(session), grant.Identity);
            context.Response.Headers[StockSession.Header] = session;
            await RunAsync(context, new(context, measures.Delivery), tail, project(tail), ended.Token);
        }
    }

    private async Task RunAsync(HttpContext context, StockStream stream, ReplyTail tail, IReplyProjection projection, CancellationToken ended)
    {
        try
        {
            await stream.BeginAsync(ended);
            projection.Begin(stream);
            if (!await stream.FlushAsync(ended)) return;
            await foreach (var events in tail.ReadAsync(TimeSpan.FromMilliseconds(options.Value.CommentMs), ended))
            {
                if (events.Count == 0) stream.Write(":\n\n");
                foreach (var happened in events) projection.Write(stream, happened);
                if (!await stream.FlushAsync(ended)) return;
                if (projection.Ended) break;
            }

            if (!projection.Ended) projection.Fail(stream, Lost);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            projection.Fail(stream, Leaving);
        }
        catch (OperationCanceledException)
        {
            return; // the client left
        }

        await stream.FlushAsync(context.RequestAborted);
    }
}
