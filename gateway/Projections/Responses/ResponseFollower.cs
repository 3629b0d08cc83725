using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>Follows responses to their ends.</summary>
internal sealed class ResponseFollower(Replies replies, GatewayDrain drain)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The events of its reply, from the first on. Whoever asks may read the session.</summary>
    public Task<SessionReply<ReplyTail>> OpenAsync(HttpContext context, ResponseId id) => replies.FollowAsync(context, id.Session, new(id.Reply, id.Start));

    /// <summary>Waits for its end and answers with it.</summary>
    public async Task AnswerAsync(HttpContext context, ResponseId id, ResponseEcho echo)
    {
        var opened = await OpenAsync(context, id);
        if (opened.Value is not { } tail)
        {
            await HttpErrors.WriteAsync(context, opened.Error!);
            return;
        }

        await using (tail)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Leaving);
            var fold = new ResponseFold(id, echo, after: null);
            await foreach (var events in tail.ReadAsync(Patience, either.Token))
            {
                foreach (var happened in events) fold.Take(happened);
                if (fold.Ended) break;
            }

            await (fold.Ended ? ResponsesEndpoint.WriteAsync(context, fold) : HttpErrors.WriteAsync(context, ResponseReader.Missing(id.ToString())));
        }
    }
}
