using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Http;

/// <summary>Runs event streams from a position on.</summary>
internal sealed class EventStreams(SessionTails tails, Grants grants, IOptions<HttpOptions> options, DeliveryMetrics metrics, GatewayDrain drain, OpenStreams streams)
{
    private static Rejection TooMany => new(ErrorCode.RateLimited, "The key has as many connections and streams as it may.", Retryable: true, RetryAfterMs: 1_000);

    /// <summary>Streams events after <paramref name="opening"/>, its snapshot first where it has one.</summary>
    public async Task RunAsync(HttpContext context, SessionKey key, SessionOpening opening, Func<EncodedEvent, bool> includes, Func<EncodedEvent, string?> endedBy)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(drain.Leaving);
        using var grant = grants.Take(Credential.Of(context), (_, _) => _ = ended.CancelAsync());
        if (grant is null)
        {
            await HttpErrors.WriteAsync(context, TooMany);
            return;
        }

        var opened = await tails.OpenAsync(key, new(opening.Epoch, opening.After), context.RequestAborted);
        if (opened.Value is not { } tail)
        {
            await HttpErrors.WriteAsync(context, opened.Error!);
            return;
        }

        await using (tail)
        {
            using var open = streams.Add(key, grant.Identity);
            var stream = new EventStream(context, tail, metrics, TimeSpan.FromMilliseconds(options.Value.CommentMs));
            await stream.BeginAsync(context.RequestAborted);
            if (opening.View is { } view) stream.WriteSnapshot(opening, view);
            await stream.RunAsync(includes, endedBy, ended.Token);
        }
    }
}
