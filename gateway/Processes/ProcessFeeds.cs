using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Processes;

/// <summary>The feeds of processes, and the commands <c>processes.watch</c> and <c>processes.unwatch</c>.</summary>
internal sealed class ProcessFeeds(ProcessSilos silos, IOptions<ProcessFeedOptions> options, TimeProvider time)
{
    private const int LongestMs = 60_000;
    private const int ShortestMs = 250;

    private readonly ConcurrentDictionary<(string Tenant, bool Host), ProcessFeed> feeds = new();

    /// <summary>Begins to watch, in place of what the connection watched before.</summary>
    public CommandAnswer Watch(Connection connection, CommandEnvelope envelope)
    {
        using var document = JsonDocument.Parse(envelope.Json);
        if (Read(document.RootElement, out var host, out var interval) is { } problem) return CommandAnswer.Invalid(envelope.Id, problem);
        if (host && Scopes.Refuse(connection.Identity, Scope.HostProcesses) is { } refusal) return CommandAnswer.Error(envelope.Id, refusal);
        var reader = Reader(() => connection.Identity, host, interval, connection.Outbox.Wake);
        connection.WatchProcesses(reader);
        return CommandAnswer.Ack(envelope.Id, writer => writer.WriteNumber("intervalMs", (int)interval.TotalMilliseconds), reader.Begin);
    }

    public static CommandAnswer Unwatch(Connection connection, string id)
    {
        connection.WatchProcesses(null);
        return CommandAnswer.Ack(id, _ => { });
    }

    /// <summary>One who watches.</summary>
    public ProcessReader Reader(Func<Identity> identity, bool host, TimeSpan interval, Action wake) =>
        new(feeds.GetOrAdd((identity().Tenant, host), key => new(key.Tenant, key.Host, silos, time)), silos, identity, host, interval, wake);

    /// <summary>The interval of who names none.</summary>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(options.Value.IntervalMs);

    /// <summary>An interval that somebody asks for; null where it is none.</summary>
    public static TimeSpan? IntervalOf(int milliseconds) =>
        milliseconds is < ShortestMs or > LongestMs ? null : TimeSpan.FromMilliseconds(milliseconds);

    private string? Read(JsonElement command, out bool host, out TimeSpan interval)
    {
        (host, interval) = (false, Interval);
        if (command.TryGetProperty("host", out var all))
        {
            if (all.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return "The field host is neither true nor false.";
            host = all.GetBoolean();
        }

        if (!command.TryGetProperty("intervalMs", out var asked)) return null;
        if (asked.ValueKind != JsonValueKind.Number || !asked.TryGetInt32(out var milliseconds) || IntervalOf(milliseconds) is not { } wanted) return $"The field intervalMs is no number from {ShortestMs} to {LongestMs}.";
        interval = wanted;
        return null;
    }
}
