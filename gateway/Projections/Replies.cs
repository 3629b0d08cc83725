using ToolRuntime.Commands;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>The reply to a message, and where its events begin.</summary>
internal sealed record SentReply(string Id, long First);

/// <summary>Has requests of stock clients carried out as messages of sessions, and follows what becomes of them.</summary>
internal sealed class Replies(HttpCommands commands, SessionTails tails)
{
    /// <summary>Sends a message. Its reply goes on whoever leaves.</summary>
    public async Task<SessionReply<SentReply>> SendAsync(HttpContext context, string session, string commandId, SendMessage message)
    {
        var sent = await commands.ExecuteAsync(context, session, commandId, message);
        if (sent.Error is { } refusal) return new(null, refusal);
        var answer = sent.Value.ToElement();
        return new(new(answer.GetProperty("replyId").GetString()!, answer.GetProperty("seq").GetInt64()), null);
    }

    /// <summary>A reply's events, from the first on. Whoever asks may read the session.</summary>
    public async Task<SessionReply<ReplyTail>> FollowAsync(HttpContext context, string session, SentReply reply)
    {
        var opened = await tails.OpenAtAsync(Identity.Of(context).Key(session), reply.First, context.RequestAborted);
        return opened.Value is { } tail ? new(new ReplyTail(tail, reply.Id), null) : new(null, opened.Error);
    }

    /// <summary>Both.</summary>
    public async Task<SessionReply<ReplyTail>> SendAndFollowAsync(HttpContext context, string session, string commandId, SendMessage message)
    {
        var sent = await SendAsync(context, session, commandId, message);
        return sent.Value is { } reply ? await FollowAsync(context, session, reply) : new(null, sent.Error);
    }
}
