using System.Text.Json;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Watching;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Commands of a connection that are about no session, or about all.</summary>
internal sealed class UnboundCommands(WatchHandler watching, ProcessFeeds processes, NoticeCalls notices)
{
    public static IReadOnlyList<string> Types { get; } = ["sessions.watch", "sessions.unwatch", "processes.watch", "processes.unwatch", "notices.dismiss"];

    public async Task<CommandAnswer> AnswerAsync(Connection connection, CommandEnvelope envelope)
    {
        switch (envelope.Type)
        {
            case "sessions.watch":
                return await watching.WatchAsync(connection, envelope);
            case "sessions.unwatch":
                return WatchHandler.Unwatch(connection, envelope.Id);
            case "processes.watch":
                return processes.Watch(connection, envelope);
            case "processes.unwatch":
                return ProcessFeeds.Unwatch(connection, envelope.Id);
            default:
                using (var document = JsonDocument.Parse(envelope.Json))
                {
                    if (CommandFields.GetId(document.RootElement, "noticeId") is not { } notice) return CommandAnswer.Invalid(envelope.Id, "The field noticeId is missing or malformed.");
                    var refusal = await notices.DismissAsync(connection.Identity, notice, connection.Ended);
                    return refusal is null ? CommandAnswer.Ack(envelope.Id, JsonText.EmptyObject) : CommandAnswer.Error(envelope.Id, refusal);
                }
        }
    }
}
