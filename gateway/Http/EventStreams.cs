using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Http;

/// <summary>Runs event streams from a position on.</summary>
internal sealed class EventStreams(SessionTails tails, Grants grants, IOptions<HttpOptions> options, StreamMeasures measures, GatewayDrain drain, NoticeReaders notices)
{
    /// <summary>Streams events after <paramref name="opening"/>, its snapshot first where it has one.</summary>
    public async Task RunAsync(HttpContext context, SessionKey key, SessionOpening opening, Func<EncodedEvent, bool> includes, Func<EncodedEvent, string?> endedBy)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(drain.Leaving);
        var (grant, refusal) = await grants.TakeAsync(Credential.Of(context));
        using var granted = grant;
        if (grant is null)
        {
            await HttpErrors.WriteAsync(context, refusal!);
            return;
        }

        grant.Begin((_, _) => _ = ended.CancelAsync());
        var opened = await tails.OpenAsync(key, new(opening.Epoch, opening.After), context.RequestAborted);
        if (opened.Value is not { } tail)
        {
            await HttpErrors.WriteAsync(context, opened.Error!);
            return;
        }

        await using (tail)
        {
            using var open = measures.Open.Add(key, grant.Identity);
            await using var told = notices.Add(new(() => grant.Identity, session => session == key.Session ? tail.Epoch : null, tail.Interrupt));
            var stream = new EventStream(context, tail, told.Reader, measures.Delivery, TimeSpan.FromMilliseconds(options.Value.CommentMs));
            await stream.BeginAsync(context.RequestAborted);
            if (opening.View is { } view) stream.WriteSnapshot(opening, view);
            await stream.RunAsync(includes, endedBy, ended.Token);
        }
    }
}

/// <summary>What is measured of streams, and which there are.</summary>
internal sealed record StreamMeasures(DeliveryMetrics Delivery, OpenStreams Open);
