using ToolRuntime.Commands;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Has a request of a stock client carried out as a message of a session.</summary>
internal sealed class ReplySender(HttpCommands commands, SessionTails tails)
{
    /// <summary>Sends it; the reply's events, from the message on. It goes on whoever leaves.</summary>
    public async Task<SessionReply<ReplyTail>> SendAsync(HttpContext context, string session, string commandId, SendMessage message)
    {
        var sent = await commands.ExecuteAsync(context, session, commandId, message);
        if (sent.Error is { } refusal) return new(null, refusal);
        var answer = sent.Value.ToElement();
        var opened = await tails.OpenAtAsync(Identity.Of(context).Key(session), answer.GetProperty("seq").GetInt64(), context.RequestAborted);
        return opened.Value is { } tail ? new(new ReplyTail(tail, answer.GetProperty("replyId").GetString()!), null) : new(null, opened.Error);
    }
}
