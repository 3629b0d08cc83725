using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Takes each command of a connection to who answers it.</summary>
internal sealed class CommandDispatcher(SessionHandler sessions, SessionCalls calls, TokenRefresh refresh, UnboundCommands unbound, GatewayDrain drain, TimeProvider time)
{
    private static readonly string[] OfSessions = ["session.open", "session.close", "tool.details", "tool.follow", "tool.unfollow", "typing"];

    /// <summary>The types that the gateway answers itself and that are never remembered.</summary>
    public static IReadOnlyList<string> OwnTypes { get; } = [.. OfSessions, "auth.refresh", "ping", .. UnboundCommands.Types];

    /// <summary>Answers a command. What changes a session is decided by its grain in the order of calling this.</summary>
    public Task<CommandAnswer> HandleAsync(Connection connection, CommandEnvelope envelope)
    {
        var id = envelope.Id;
        if (drain.Refuse() is { } stopping) return Task.FromResult(CommandAnswer.Error(id, stopping));
        var counted = connection.Identity.Usage.TakeCommandAsync(connection.Identity.Limits);
        return counted.IsCompleted && connection.Turns.AllTaken
            ? AnswerAsync(connection, envelope, counted.Result)
            : InTurnAsync(connection, envelope, counted);
    }

    /// <summary>Counts of several commands are asked for side by side; the commands go on in their order.</summary>
    private async Task<CommandAnswer> InTurnAsync(Connection connection, CommandEnvelope envelope, ValueTask<Rejection?> counted)
    {
        using var turn = connection.Turns.Next();
        var refusal = await counted;
        await turn.Before;
        var answer = AnswerAsync(connection, envelope, refusal);
        turn.Dispose();
        return await answer;
    }

    private Task<CommandAnswer> AnswerAsync(Connection connection, CommandEnvelope envelope, Rejection? uncounted)
    {
        var id = envelope.Id;
        if ((uncounted ?? CommandScopes.Refuse(connection.Identity, envelope.Type)) is { } refusal)
        {
            return Task.FromResult(CommandAnswer.Error(id, refusal));
        }

        if (envelope.Flaw is { } flaw) return Task.FromResult(CommandAnswer.Invalid(id, flaw));
        switch (envelope.Type)
        {
            case "ping":
                return Task.FromResult(CommandAnswer.Ack(id, writer => writer.WriteString("at", time.Wall().GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null))));
            case "auth.refresh":
                return refresh.HandleAsync(connection, envelope);
        }

        if (UnboundCommands.Types.Contains(envelope.Type)) return unbound.AnswerAsync(connection, envelope);
        if (!OwnTypes.Contains(envelope.Type) && CommandParser.CheckType(envelope.Type) is { } unknown) return Task.FromResult(CommandAnswer.Invalid(id, unknown));
        if (envelope.Session is null) return Task.FromResult(CommandAnswer.Invalid(id, "The command names no session."));
        if (!EntityId.IsValid(envelope.Session)) return Task.FromResult(CommandAnswer.Invalid(id, "The session's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}."));
        return OfSessions.Contains(envelope.Type)
            ? HandleOwnAsync(connection, envelope, envelope.Session)
            : ExecuteAsync(connection, envelope, envelope.Session);
    }

    private async Task<CommandAnswer> ExecuteAsync(Connection connection, CommandEnvelope envelope, string session)
    {
        var parsed = CommandParser.Parse(envelope);
        if (parsed.Value is not { } command) return CommandAnswer.Error(envelope.Id, parsed.Error!);
        var reply = await connection.Order.RunAsync(
            session, () => calls.ExecuteAsync(connection.Identity, session, envelope.Id, command, envelope.TraceParent, connection.Ended));
        return reply.Error is { } refusal ? CommandAnswer.Error(envelope.Id, refusal) : CommandAnswer.Ack(envelope.Id, reply.Value);
    }

    private async Task<CommandAnswer> HandleOwnAsync(Connection connection, CommandEnvelope envelope, string session)
    {
        using var document = JsonDocument.Parse(envelope.Json);
        var command = document.RootElement;
        switch (envelope.Type)
        {
            case "session.open":
                return await sessions.OpenAsync(connection, envelope.Id, session, null, command);
            case "session.close":
                return await SessionHandler.CloseAsync(connection, envelope.Id, session, null);
            case "typing":
                return SessionHandler.Typing(connection, envelope.Id, session, command);
            default:
                if (CommandFields.GetId(command, "executionId") is not { } executionId) return CommandAnswer.Invalid(envelope.Id, "The field executionId is missing or malformed.");
                if (envelope.Type == "tool.follow") return await sessions.OpenAsync(connection, envelope.Id, session, executionId, command);
                if (envelope.Type == "tool.unfollow") return await SessionHandler.CloseAsync(connection, envelope.Id, session, executionId);
                var reply = await calls.GetExecutionAsync(connection.Identity, session, executionId, connection.Ended);
                return reply.Error is { } refusal ? CommandAnswer.Error(envelope.Id, refusal) : CommandAnswer.Ack(envelope.Id, reply.Value);
        }
    }
}
