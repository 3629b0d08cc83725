using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Commands;

/// <summary>The commands about a connection's own view of a session, or of one of its executions: <c>session.open</c>, <c>session.close</c>, <c>tool.follow</c>, <c>tool.unfollow</c>, <c>typing</c>.</summary>
internal sealed class SessionHandler(SessionOpener opener, CommandRetry retry, ISessionLog log, TimeProvider time)
{
    public async Task<CommandAnswer> OpenAsync(Connection connection, string id, string session, string? execution, JsonElement command)
    {
        if (!CommandFields.TryReadStart(command, out var from, out var problem)) return CommandAnswer.Invalid(id, problem);
        if (!CommandFields.TryReadSettings(command, out var settings, out problem)) return CommandAnswer.Invalid(id, problem);
        await connection.Sessions.Opening.WaitAsync(connection.Ended);
        try
        {
            var answer = await connection.Sessions.InTurnAsync(
                SessionReader.NameOf(session, execution), () => OpenInTurnAsync(connection, id, session, from, settings with { Execution = execution }));
            return answer with { Written = () => Finish(connection, answer.Written) };
        }
        catch
        {
            connection.Sessions.Opening.Release();
            throw;
        }
    }

    public static async Task<CommandAnswer> CloseAsync(Connection connection, string id, string session, string? execution)
    {
        var name = SessionReader.NameOf(session, execution);
        if (await connection.Sessions.InTurnAsync(name, () => connection.Sessions.DetachAsync(name))) connection.Grant.CloseSession();
        return CommandAnswer.Ack(id, _ => { }, () => Closed(connection, name));
    }

    public static CommandAnswer Typing(Connection connection, string id, string session, JsonElement command)
    {
        if (CommandFields.GetBoolean(command, "active") is not { } active)
        {
            return CommandAnswer.Invalid(id, "The field active is missing or malformed.");
        }

        if (connection.Sessions.Find(session)?.Feed is not { } feed)
        {
            return CommandAnswer.Invalid(id, "The session is not open on this connection.");
        }

        var signal = ServerFrames.Typing(session, connection.Identity.Subject, active);
        foreach (var reader in feed.Readers)
        {
            if (reader.Owner != connection.Outbox && reader.Execution is null) reader.Owner.Signal(signal);
        }

        return CommandAnswer.Ack(id, _ => { });
    }

    private static void Finish(Connection connection, Action? written)
    {
        connection.Sessions.Opening.Release();
        written?.Invoke();
    }

    private async Task<CommandAnswer> OpenInTurnAsync(
        Connection connection, string id, string session, OpenFrom from, ReaderSettings settings)
    {
        if (connection.Sessions.Find(SessionReader.NameOf(session, settings.Execution)) is not null) return (await AttachAsync(connection, id, session, from, settings)).Answer;
        if (!connection.Sessions.HasRoom)
        {
            return CommandAnswer.Error(id, new(ErrorCode.QuotaExceeded, "Too many sessions are open, or executions followed, on this connection."));
        }

        if (await connection.Grant.OpenSessionAsync() is { } refusal) return CommandAnswer.Error(id, refusal);

        var opened = false;
        try
        {
            (var answer, opened) = await AttachAsync(connection, id, session, from, settings);
            return answer;
        }
        finally
        {
            if (!opened) connection.Grant.CloseSession();
        }
    }

    private async Task<(CommandAnswer Answer, bool Opened)> AttachAsync(
        Connection connection, string id, string session, OpenFrom from, ReaderSettings settings)
    {
        var reply = settings.Execution is { } execution
            ? await opener.FollowAsync(connection.Identity, session, execution, from, connection.Ended)
            : await opener.OpenAsync(connection.Identity, session, from, connection.Ended);
        if (reply.Value is not { } opening) return (CommandAnswer.Error(id, reply.Error!), false);
        var reader = new SessionReader(
            connection.Identity.Key(session), new(opening.Epoch, opening.After, opening.Check), settings, connection.Outbox, log, time);
        reader.Ended = () => _ = connection.Sessions.InTurnAsync(reader.Name, () => ForgetAsync(connection, reader));
        var attached = await retry.RunAsync(() => AttachAsync(connection, reader), connection.Ended);
        if (attached.Error is { } failure) return (CommandAnswer.Error(id, failure), false);
        return (CommandAnswer.Ack(id, opening.Write, () => Begin(connection, reader)), true);
    }

    /// <summary>A session that was deleted is not open any more and counts no longer.</summary>
    private static Task<bool> ForgetAsync(Connection connection, SessionReader reader)
    {
        var forgotten = connection.Sessions.Forget(reader);
        if (forgotten) connection.Grant.CloseSession();
        return Task.FromResult(forgotten);
    }

    private static void Closed(Connection connection, string name)
    {
        connection.Writer.Deactivate(name);
        connection.SessionsChanged();
    }

    private static void Begin(Connection connection, SessionReader reader)
    {
        connection.Writer.Activate(reader);
        connection.SessionsChanged();
        Presence.Came(reader);
    }

    private static async Task<SessionReply<bool>> AttachAsync(Connection connection, SessionReader reader)
    {
        await connection.Sessions.AttachAsync(reader);
        return new(true, null);
    }
}
