using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>One reading connection with its statements. Each method sees one state of the store, and is used by one thread at a time.</summary>
internal sealed class SqliteLogReader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteMessageReader messages;
    private readonly SqliteMomentReader moments;
    private readonly SqliteStatement begin, commit, find, heads, entries;

    private SqliteLogReader(SqliteConnection connection, int generation)
    {
        (this.connection, Generation) = (connection, generation);
        messages = new(connection);
        moments = new(connection);
        Lists = new(connection);
        begin = new(connection, "BEGIN");
        commit = new(connection, "COMMIT");
        find = new(connection,
            """
            SELECT no, epoch, head, first, owner, members, (SELECT proof FROM entries WHERE id = no << 32 | head)
            FROM sessions WHERE tenant = ?1 AND session = ?2
            """);
        heads = new(connection, "SELECT epoch, head FROM sessions WHERE tenant = ?1 AND session = ?2");
        entries = new(connection, "SELECT id, type, target, event, private, proof FROM entries WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3");
    }

    /// <summary>The file's, when this was opened.</summary>
    public int Generation { get; }

    /// <summary>What there is besides one session's entries.</summary>
    public SqliteSessionLists Lists { get; }

    /// <summary>Opens the file for reading; a connection on which a statement can't be prepared is closed.</summary>
    public static SqliteLogReader Open(SqliteLogFile file)
    {
        var generation = file.Generation;
        var connection = file.OpenReader();
        try
        {
            return new(connection, generation);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <exception cref="SqliteException">The file is not the one any more that was opened.</exception>
    public void RequireFile() => SqliteFaults.Require(connection);

    public LogHeader? GetHeader(SessionKey session) => Find(session)?.Header;

    public LogPage Read(SessionKey session, long after, LogReadLimits limits)
    {
        begin.Run();
        try
        {
            if (Find(session) is not var (no, header)) return new("", Head: 0, First: 1, []);

            var page = after >= header.Head ? [] : ReadEntries(no, Math.Max(after, 0), header.Head, limits);
            return new(header.Epoch, header.Head, header.First, page);
        }
        finally
        {
            commit.Run();
        }
    }

    public LogPage? ReadMoment(SessionKey session, long at, string? execution, LogReadLimits limits)
    {
        begin.Run();
        try
        {
            if (Find(session) is not var (no, header)) return new("", Head: 0, First: 1, []);

            var entries = moments.Read(EntryId.Of(no, header.First), EntryId.Of(no, Math.Min(at, header.Head)), execution, limits);
            return entries is null ? null : new(header.Epoch, header.Head, header.First, [.. entries]);
        }
        finally
        {
            commit.Run();
        }
    }

    public MessagePage? ReadMessages(SessionKey session, string? before, LogReadLimits limits)
    {
        begin.Run();
        try
        {
            if (Find(session) is not var (no, header)) return before is null ? new("", [], More: false, Trimmed: false) : null;

            return messages.Read(no, header, before, limits);
        }
        finally
        {
            commit.Run();
        }
    }

    public ImmutableDictionary<SessionKey, LogHead> GetHeads(ImmutableArray<SessionKey> sessions)
    {
        begin.Run();
        try
        {
            var found = ImmutableDictionary.CreateBuilder<SessionKey, LogHead>();
            foreach (var session in sessions)
            {
                if (!heads.Bind(1, session.Tenant).Bind(2, session.Session).Step()) continue;

                found[session] = new(heads.Text(0), heads.Long(1));
                heads.Reset();
            }

            return found.ToImmutable();
        }
        finally
        {
            commit.Run();
        }
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[begin, commit, find, heads, entries]) statement.Dispose();
        messages.Dispose();
        moments.Dispose();
        Lists.Dispose();
        connection.Dispose();
    }

    private (long No, LogHeader Header)? Find(SessionKey session)
    {
        if (!find.Bind(1, session.Tenant).Bind(2, session.Session).Step()) return null;

        var members = JsonSerializer.Deserialize<ImmutableArray<string>>(find.Text(5));
        var row = (find.Long(0), new LogHeader(find.Text(1), find.Long(2), find.Long(3), find.Text(4), members, find.TextOrNull(6)));
        find.Reset();
        return row;
    }

    private ImmutableArray<LogEntry> ReadEntries(long no, long after, long head, LogReadLimits limits)
    {
        var page = ImmutableArray.CreateBuilder<LogEntry>();
        var bytes = 0L;
        entries.Bind(1, EntryId.Of(no, after)).Bind(2, EntryId.Of(no, head)).Bind(3, Math.Max(limits.MaxEntries, 1));
        while (entries.Step())
        {
            var json = entries.Blob(3);
            var own = entries.Blob(4);
            bytes += json.Length + own.Length;
            if (page.Count > 0 && bytes > limits.MaxBytes)
            {
                entries.Reset();
                break;
            }

            var seq = EntryId.Seq(entries.Long(0));
            page.Add(new(new(seq, entries.Text(1), entries.TextOrNull(2), json.ToArray(), entries.TextOrNull(5)), own.ToArray()));
        }

        return page.DrainToImmutable();
    }
}
