using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Watching;

/// <summary>The commands <c>sessions.watch</c> and <c>sessions.unwatch</c>.</summary>
internal sealed class WatchHandler(TenantFeeds feeds, WatchSnapshots snapshots, IOptions<WatchOptions> options, TimeProvider time)
{
    /// <summary>Most sessions of a snapshot.</summary>
    public const int MaxLimit = 1_000;

    private const int DefaultLimit = 200;

    /// <summary>Begins to watch, in place of what the connection watched before.</summary>
    public async Task<CommandAnswer> WatchAsync(Connection connection, CommandEnvelope envelope)
    {
        using var document = JsonDocument.Parse(envelope.Json);
        if (Read(document.RootElement, out var after, out var limit, out var interval) is { } problem) return CommandAnswer.Invalid(envelope.Id, problem);
        var reader = Reader(new(() => connection.Identity, connection.Outbox.Wake, limit, interval));
        connection.Watch(reader);
        var cursor = await reader.StartAsync(after);
        return CommandAnswer.Ack(
            envelope.Id,
            writer =>
            {
                writer.WriteBoolean("recovered", cursor is not null);
                if (cursor is not null) writer.WriteString("cursor", cursor);
            },
            reader.Begin);
    }

    public static CommandAnswer Unwatch(Connection connection, string id)
    {
        connection.Watch(null);
        return CommandAnswer.Ack(id, _ => { });
    }

    /// <summary>One who watches with settings of his own.</summary>
    public SessionsReader Reader(Watcher watcher) => new(watcher, feeds, snapshots, time);

    /// <summary>The shortest time between two frames of changes.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(1 / options.Value.MaxRate);

    private string? Read(JsonElement command, out string? after, out int limit, out TimeSpan interval)
    {
        (after, limit, interval) = (null, DefaultLimit, Interval);
        if (command.TryGetProperty("after", out var cursor))
        {
            if (cursor.ValueKind != JsonValueKind.String) return "The field after is no cursor.";
            after = cursor.GetString(); // one that is none is one that is lost
        }

        if (command.TryGetProperty("limit", out var most) && (most.ValueKind != JsonValueKind.Number || !most.TryGetInt32(out limit) || limit is < 1 or > MaxLimit)) return $"The field limit is no number from 1 to {MaxLimit}.";
        if (!command.TryGetProperty("maxRate", out var rate)) return null;
        if (rate.ValueKind != JsonValueKind.Number || rate.GetDouble() is not (> 0.01 and <= 1_000)) return "The field maxRate is no number of frames per second between 0.01 and 1,000.";
        var wanted = TimeSpan.FromSeconds(1 / rate.GetDouble());
        interval = wanted > interval ? wanted : interval;
        return null;
    }
}
