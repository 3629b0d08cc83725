using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Finds messages by the indexes that are kept of their entries only: what a page costs depends on the page, not on the log. Inside the
/// caller's transaction.
/// </summary>
internal sealed class SqliteMessageReader : IDisposable
{
    private const string Starting = $"type IN ('{MessageEntryTypes.Created}', '{MessageEntryTypes.State}')";
    private const string Resetting = $"type = '{MessageEntryTypes.Reset}'";
    private static readonly string About = $"type IN ({string.Join(", ", MessageEntryTypes.All.Order(StringComparer.Ordinal).Select(type => $"'{type}'"))})";

    private readonly SqliteStatement reset, created, starts, entries, batch;

    public SqliteMessageReader(SqliteConnection connection)
    {
        reset = new(connection, $"SELECT max(id) FROM entries INDEXED BY entries_of_resets WHERE {Resetting} AND id BETWEEN ?1 AND ?2");
        created = new(connection, $"SELECT id, type, event FROM entries INDEXED BY entries_of_messages WHERE {About} AND target = ?1 AND {Starting} AND id BETWEEN ?2 AND ?3 ORDER BY id LIMIT 1");
        starts = new(connection, $"SELECT id, type, event, target FROM entries INDEXED BY entries_of_starts WHERE {Starting} AND id > ?1 AND id < ?2 ORDER BY id DESC");
        entries = new(connection, $"SELECT id, type, event, private FROM entries INDEXED BY entries_of_messages WHERE {About} AND target = ?1 AND (type = '{MessageEntryTypes.Delta}') = ?2 AND id BETWEEN ?3 AND ?4 ORDER BY id");
        batch = new(connection, $"SELECT target FROM entries WHERE id = ?1 AND type = '{MessageEntryTypes.BatchStarted}'");
    }

    /// <summary>The indexes; the statements here name them, so that none can come to read the table instead.</summary>
    public static string Schema =>
        $"""
        CREATE INDEX entries_of_messages ON entries (target, type) WHERE {About};
        CREATE INDEX entries_of_starts ON entries (id) WHERE {Starting};
        CREATE INDEX entries_of_resets ON entries (id) WHERE {Resetting};
        """;

    /// <summary>Null: <paramref name="before"/> is no message that is kept.</summary>
    public MessagePage? Read(long no, LogHeader header, string? before, LogReadLimits limits)
    {
        var last = EntryId.Of(no, header.Head);
        var first = Math.Max(EntryId.Of(no, header.First), LastReset(EntryId.Of(no, header.First), last));
        var end = before is null ? last + 1 : Creation(before, first, last);
        if (end is not { } below) return null;

        var (page, bytes, more) = (new List<MessageEntries>(), 0L, false);
        foreach (var id in StartsBelow(below, first, Math.Max(1L, limits.MaxEntries) + 1))
        {
            var message = page.Count < limits.MaxEntries ? ReadMessage(id, first, last) : null;
            bytes += message?.Entries.Sum(entry => (long)entry.Event.Json.Length + entry.Private.Length) ?? 0;
            more = message is null || (page.Count > 0 && bytes > limits.MaxBytes);
            if (more) break;
            page.Add(message!);
        }

        page.Reverse();
        return new(header.Epoch, [.. page], more, header.First > 1);
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[reset, created, starts, entries, batch]) statement.Dispose();
    }

    private long LastReset(long first, long last)
    {
        reset.Bind(1, first).Bind(2, last);
        var found = reset.Step() ? reset.Long(0) : 0;
        reset.Reset();
        return found;
    }

    private long? Creation(string message, long first, long last)
    {
        long? found = created.Bind(1, message).Bind(2, first).Bind(3, last)
            .Step() && MessageEntryTypes.Creates(created.Text(1), created.Blob(2)) ? created.Long(0) : null;
        created.Reset();
        return found;
    }

    private List<string> StartsBelow(long below, long first, long most)
    {
        var ids = new List<string>();
        starts.Bind(1, first - 1).Bind(2, below);
        while (ids.Count < most && starts.Step())
        {
            if (MessageEntryTypes.Creates(starts.Text(1), starts.Blob(2))) ids.Add(starts.Text(3));
        }

        starts.Reset();
        return ids;
    }

    private MessageEntries ReadMessage(string message, long first, long last)
    {
        var all = ReadEntries(message, deltas: false, first, last);
        if (!all.Exists(entry => MessageEntryTypes.HasWholeText(entry.Event.Type)))
        {
            all.AddRange(ReadEntries(message, deltas: true, first, last));
            all.Sort((one, other) => one.Event.Seq.CompareTo(other.Event.Seq));
        }

        var no = first >> 32;
        var batches = all.Where(entry => MessageEntryTypes.Pauses(entry.Event.Type, entry.Event.Json.Span))
            .Select(entry => BatchAt(EntryId.Of(no, entry.Event.Seq + 1))).OfType<string>();
        return new(message, [.. all], [.. batches]);
    }

    private List<LogEntry> ReadEntries(string message, bool deltas, long first, long last)
    {
        var list = new List<LogEntry>();
        entries.Bind(1, message).Bind(2, deltas ? 1 : 0).Bind(3, first).Bind(4, last);
        while (entries.Step())
        {
            list.Add(new(
                new(EntryId.Seq(entries.Long(0)), entries.Text(1), message, entries.Blob(2).ToArray()), entries.Blob(3).ToArray()));
        }

        return list;
    }

    private string? BatchAt(long id)
    {
        var found = batch.Bind(1, id).Step() ? batch.TextOrNull(0) : null;
        batch.Reset();
        return found;
    }
}
