using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// What can be written, each inside the transaction of the writer's current group. Used by the writer's thread only.
/// </summary>
internal sealed class SqliteLogTables : IDisposable
{
    /// <summary>Entries removed per step, so that a large removal stays short for the appends that wait behind it.</summary>
    private const int RemovedPerStep = 256;

    private const int CacheWrite = 9; // SQLITE_DBSTATUS_CACHE_WRITE: with a write-ahead log, the pages written to it.

    private const int TruncateWaitMs = 1_000;

    private readonly SqliteConnection connection;
    private readonly int busyTimeoutMs;
    private readonly TimeProvider time;
    private readonly StoredTotals totals;
    private readonly SqliteStatement probe, begin, commit, find, insert, retoken, renew, advance, append, trim, removeRange, replace, unlist, enlist, resize, measure, sum, forget, discard, garbage, sweep, swept;

    /// <summary>Opens the file for writing; a connection on which a statement can't be prepared is closed.</summary>
    public static SqliteLogTables Open(SqliteLogFile file, TimeProvider time, StoredTotals totals)
    {
        var connection = file.OpenWriter();
        try
        {
            return new(connection, file.BusyTimeoutMs, time, totals);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private SqliteLogTables(SqliteConnection connection, int busyTimeoutMs, TimeProvider time, StoredTotals totals)
    {
        (this.connection, this.busyTimeoutMs, this.time, this.totals) = (connection, busyTimeoutMs, time, totals);
        probe = new(connection, $"PRAGMA user_version = {SqliteLogFile.SchemaVersion}");
        begin = new(connection, "BEGIN IMMEDIATE");
        commit = new(connection, "COMMIT");
        find = new(connection,
            """
            SELECT no, epoch, token, head, first, owner, members, bytes, (SELECT proof FROM entries WHERE id = no << 32 | head)
            FROM sessions WHERE tenant = ?1 AND session = ?2
            """);
        insert = new(connection,
            "INSERT INTO sessions (tenant, session, epoch, token, head, first, owner, members, updated_at) VALUES (?1, ?2, ?3, ?4, 0, 1, ?5, ?6, ?7)");
        retoken = new(connection, "UPDATE sessions SET token = ?2 WHERE no = ?1");
        renew = new(connection, "UPDATE sessions SET epoch = ?2, token = ?3 WHERE no = ?1");
        advance = new(connection,
            """
            UPDATE sessions SET head = head + ?5, members = coalesce(?6, members), updated_at = ?7, open_work = coalesce(CAST(?8 AS INTEGER), open_work),
                bytes = bytes + ?9, title = coalesce(?10, title), activity = coalesce(?11, activity)
            WHERE tenant = ?1 AND session = ?2 AND token = ?3 AND head = ?4 RETURNING no, owner
            """);
        append = new(connection, "INSERT INTO entries (id, type, target, event, private, proof) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        trim = new(connection, "UPDATE sessions SET first = ?2 WHERE no = ?1");
        removeRange = new(connection, "DELETE FROM entries WHERE id BETWEEN ?1 AND ?2");
        replace = new(connection, "UPDATE entries SET event = ?2, private = ?3 WHERE id = ?1 AND type = ?4");
        unlist = new(connection, "DELETE FROM members WHERE no = ?1");
        enlist = new(connection, "INSERT INTO members (no, tenant, subject) SELECT DISTINCT ?1, ?2, value FROM json_each(?3)");
        resize = new(connection, "UPDATE sessions SET bytes = bytes + ?2 WHERE no = ?1");
        measure = new(connection, $"SELECT {SqliteLogFile.SumOfBytes} FROM entries WHERE id BETWEEN ?1 AND ?2");
        sum = new(connection, "SELECT owner, sum(bytes) FROM sessions WHERE tenant = ?1 GROUP BY owner");
        forget = new(connection, "DELETE FROM sessions WHERE no = ?1");
        discard = new(connection, "INSERT INTO garbage (no) VALUES (?1)");
        garbage = new(connection, "SELECT no FROM garbage");
        sweep = new(connection, $"DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE id BETWEEN ?1 AND ?2 LIMIT {RemovedPerStep})");
        swept = new(connection, "DELETE FROM garbage WHERE no = ?1");
    }

    public void Begin() => begin.Run();

    /// <summary>What is committed to a file that is gone is nowhere, so it counts as failed.</summary>
    public void Commit()
    {
        commit.Run();
        SqliteFaults.Require(connection);
        totals.Commit();
    }

    /// <summary>Writes a page that stays as it is.</summary>
    public bool Probe()
    {
        probe.Run();
        return true;
    }

    /// <summary>Reads what a tenant's owners have stored into the totals.</summary>
    public bool Total(string tenant)
    {
        var owners = new List<(string, long)>();
        sum.Bind(1, tenant);
        while (sum.Step()) owners.Add((sum.Text(0), sum.Long(1)));
        totals.Load(tenant, owners);
        return true;
    }

    /// <summary>Pages written to the write-ahead log since the last call.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(connection.Handle, CacheWrite, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Copies to the file what no reader needs from the write-ahead log any more; true if that was all of it.</summary>
    public bool Checkpoint() =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var copied) == raw.SQLITE_OK && pages == copied;

    /// <summary>Outside a transaction: empties the write-ahead log; false if a reader still needs it after a second. Readers hold it only while they read a page.</summary>
    public bool Truncate()
    {
        raw.sqlite3_busy_timeout(connection.Handle, TruncateWaitMs);
        var outcome = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        raw.sqlite3_busy_timeout(connection.Handle, busyTimeoutMs);
        return outcome == raw.SQLITE_OK;
    }

    public LogOpening? Open(SessionKey session, string? createFor)
    {
        if (Find(session) is not { } row) return createFor is null ? null : Insert(session, createFor, []);

        var token = LogEntries.NewToken();
        retoken.Bind(1, row.No).Bind(2, token).Run();
        return new(token, row.Header);
    }

    public AppendOutcome Append(SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, string? members, bool? openWork, SessionLabel? label = null)
    {
        var bytes = 0L;
        foreach (var entry in entries) bytes += Size(entry);
        advance.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, token).Bind(4, expectedHead).Bind(5, entries.Length).Bind(6, members).Bind(7, Now)
            .Bind(8, openWork is { } open ? (open ? "1" : "0") : null).Bind(9, bytes)
            .Bind(10, label is null ? null : label.Title ?? "").Bind(11, label?.Activity.ToString());
        if (!advance.Step())
        {
            return Find(session) is { } row && row.Token == token ? AppendOutcome.HeadMoved : AppendOutcome.TokenVoid;
        }

        var no = advance.Long(0);
        totals.Change(session.Tenant, advance.Text(1), bytes);
        advance.Run();
        if (members is not null) SetMembers(no, session.Tenant, members);
        foreach (var entry in entries)
        {
            append.Bind(1, EntryId.Of(no, entry.Event.Seq)).Bind(2, entry.Event.Type).Bind(3, entry.Event.Target)
                .Bind(4, entry.Event.Json.Span).Bind(5, entry.Private.Span).Bind(6, entry.Event.Check).Run();
        }

        SessionLogMetrics.Appended(entries.Length);
        return AppendOutcome.Committed;
    }

    /// <summary>One step of a trim. Null: the token is void. True: nothing is left to do.</summary>
    public bool? Trim(SessionKey session, string token, long upTo)
    {
        if (Find(session) is not { } row || row.Token != token) return null;

        var (first, last) = (row.Header.First, Math.Min(upTo, row.Header.Head));
        if (last < first) return true;

        var end = Math.Min(last, first + RemovedPerStep - 1);
        Resize(session, row, -Measure(EntryId.Of(row.No, first), EntryId.Of(row.No, end)));
        removeRange.Bind(1, EntryId.Of(row.No, first)).Bind(2, EntryId.Of(row.No, end)).Run();
        trim.Bind(1, row.No).Bind(2, end + 1).Run();
        return end == last;
    }

    /// <summary>Overwrites entries; false if the token is void.</summary>
    public bool Replace(SessionKey session, string token, ImmutableArray<LogEntry> replacements)
    {
        if (Find(session) is not { } row || row.Token != token) return false;

        var change = 0L;
        foreach (var entry in replacements)
        {
            var id = EntryId.Of(row.No, entry.Event.Seq);
            var before = Measure(id, id);
            replace.Bind(1, id).Bind(2, entry.Event.Json.Span).Bind(3, entry.Private.Span).Bind(4, entry.Event.Type).Run();
            if (raw.sqlite3_changes(connection.Handle) > 0) change += Size(entry) - before;
        }

        Resize(session, row, change);

        return true;
    }

    public LogOpening? Renew(SessionKey session, string token)
    {
        if (Find(session) is not { } row || row.Token != token) return null;

        var (epoch, renewed) = (LogEntries.NewEpoch(), LogEntries.NewToken());
        renew.Bind(1, row.No).Bind(2, epoch).Bind(3, renewed).Run();
        return new(renewed, row.Header with { Epoch = epoch });
    }

    public bool Delete(SessionKey session)
    {
        if (Find(session) is not { } row) return false;

        Remove(row.No);
        totals.Change(session.Tenant, row.Header.Owner, -row.Bytes);
        return true;
    }

    /// <summary>The numbers of logs that are gone, whose entries may still be there.</summary>
    public ImmutableArray<long> Garbage()
    {
        var numbers = ImmutableArray.CreateBuilder<long>();
        while (garbage.Step()) numbers.Add(garbage.Long(0));
        return numbers.DrainToImmutable();
    }

    /// <summary>One step of removing the entries of a log that is gone; false when there are none left.</summary>
    public bool Sweep(long no)
    {
        sweep.Bind(1, EntryId.Of(no, 0)).Bind(2, EntryId.Of(no + 1, 0) - 1).Run();
        return raw.sqlite3_changes(connection.Handle) == RemovedPerStep;
    }

    /// <summary>Forgets a log that is gone, once nothing of it is left.</summary>
    public bool Swept(long no)
    {
        swept.Bind(1, no).Run();
        return true;
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[probe, begin, commit, find, insert, retoken, renew, advance, append, trim, removeRange, replace, unlist, enlist, resize, measure, sum, forget, discard, garbage, sweep, swept])
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static long Size(LogEntry entry) => entry.Event.Json.Length + entry.Private.Length;

    private (long No, string Token, LogHeader Header, long Bytes)? Find(SessionKey session)
    {
        if (!find.Bind(1, session.Tenant).Bind(2, session.Session).Step()) return null;

        var members = JsonSerializer.Deserialize<ImmutableArray<string>>(find.Text(6));
        var header = new LogHeader(find.Text(1), find.Long(3), find.Long(4), find.Text(5), members, find.TextOrNull(8));
        var row = (find.Long(0), find.Text(2), header, find.Long(7));
        find.Reset();
        return row;
    }

    private LogOpening Insert(SessionKey session, string owner, ImmutableArray<string> members)
    {
        var (epoch, token) = (LogEntries.NewEpoch(), LogEntries.NewToken());
        insert.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, epoch).Bind(4, token).Bind(5, owner)
            .Bind(6, JsonSerializer.Serialize(members)).Bind(7, Now).Run();
        return new(token, new(epoch, Head: 0, First: 1, owner, members));
    }

    private void SetMembers(long no, string tenant, string members)
    {
        unlist.Bind(1, no).Run();
        enlist.Bind(1, no).Bind(2, tenant).Bind(3, members).Run();
    }

    private long Measure(long first, long last)
    {
        var bytes = measure.Bind(1, first).Bind(2, last).Step() ? measure.Long(0) : 0;
        measure.Reset();
        return bytes;
    }

    private void Resize(SessionKey session, (long No, string Token, LogHeader Header, long Bytes) row, long bytes)
    {
        if (bytes == 0) return;
        resize.Bind(1, row.No).Bind(2, bytes).Run();
        totals.Change(session.Tenant, row.Header.Owner, bytes);
    }

    private void Remove(long no)
    {
        unlist.Bind(1, no).Run();
        forget.Bind(1, no).Run();
        discard.Bind(1, no).Run();
    }
}
