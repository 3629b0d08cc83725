using ToolRuntime.Events;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.ChatCompletions;

/// <summary><c>POST /openai/v1/chat/completions</c>: a message in a session, and its reply as OpenAI's clients know it.</summary>
internal sealed class ChatCompletionsEndpoint(Replies replies, ReplyStreams streams, GatewayDrain drain, ConnectionOptions limits, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly OpenAIError Unfollowed = OpenAIError.Of(new Rejection(ErrorCode.Unavailable, "The reply can't be followed any more; the session has it.", Retryable: false));

    public async Task CompleteAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, limits);
        var id = RequestBody.CommandId(context);
        var read = body.Error is { } unreadable ? new(null, unreadable) : id is null ? new(null, RequestBody.UnusableKey) : ChatRequest.Read(context, body.Value!);
        if (read.Value is not { } request)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        var created = time.Wall().GetUtcNow();
        Task<SessionReply<ReplyTail>> SendAsync() => replies.SendAndFollowAsync(context, request.Session.Id, id!, request.Message);
        await (request.Stream
            ? streams.RunAsync(context, request.Session.Id, SendAsync, reply => new ChatChunks(reply.ReplyId, request.Message.Model ?? "", created, request.IncludeUsage))
            : AnswerAsync(context, request, await SendAsync(), created));
    }

    private async Task AnswerAsync(HttpContext context, ChatRequest request, SessionReply<ReplyTail> sent, DateTimeOffset created)
    {
        if (sent.Value is not { } reply)
        {
            await HttpErrors.WriteAsync(context, sent.Error!);
            return;
        }

        await using (reply)
        {
            context.Response.Headers[StockSession.Header] = request.Session.Id;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Leaving);
            var model = request.Message.Model ?? "";
            await foreach (var events in reply.ReadAsync(Patience, either.Token))
            {
                foreach (var happened in events)
                {
                    if (happened is MessageStarted started) model = started.Model;
                    if (EndOf(happened, reply.ReplyId, model, created) is not { } end) continue;
                    await end(context);
                    return;
                }
            }

            await Unfollowed.WriteAsync(context);
        }
    }

    private static Func<HttpContext, Task>? EndOf(SessionEvent happened, string replyId, string model, DateTimeOffset created) => happened switch
    {
        MessageCompleted completed => context => HttpJson.WriteAsync(context, writer => ChatAnswer.Write(writer, replyId, model, created, completed)),
        MessageFailed failed => OpenAIError.Of(failed.Error).WriteAsync,
        ConversationStateChanged { To: MessageStatus.Cancelled } cancelled => ChatAnswer.Cancelled(cancelled).WriteAsync,
        _ => null,
    };
}
