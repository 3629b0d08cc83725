using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ToolRuntime.Events;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>What is written to the index, by one thread at a time.</summary>
internal sealed class SqliteSearchTables : IDisposable
{
    private const int NumberBits = 10;
    private const long LongLog = 16_000_000;

    private readonly SqliteConnection connection;
    private readonly StringBuilder scratch = new();
    private readonly SqliteStatement begin, commit, rollback, find, insert, advance, remove, list, add, addText, addWords, within, dropWords, drop, dropText, outcome, dropOutcomes;

    public SqliteSearchTables(SqliteSearchFile file)
    {
        connection = file.OpenWriter();
        try
        {
            begin = new(connection, "BEGIN IMMEDIATE");
            commit = new(connection, "COMMIT");
            rollback = new(connection, "ROLLBACK");
            find = new(connection, "SELECT no, version, owner, epoch, seq, notes FROM sessions WHERE tenant = ?1 AND session = ?2");
            insert = new(connection, "INSERT INTO sessions (tenant, session, owner, epoch, seq, version, notes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING no");
            advance = new(connection, "UPDATE sessions SET owner = ?2, epoch = ?3, seq = ?4, version = version + 1, notes = ?5 WHERE no = ?1");
            remove = new(connection, "DELETE FROM sessions WHERE no = ?1");
            list = new(connection, "SELECT tenant, session, epoch, seq, version FROM sessions WHERE (tenant, session) > (?1, ?2) ORDER BY tenant, session LIMIT ?3");
            add = new(connection, "INSERT OR IGNORE INTO docs (id, session, kind, first, last, target, message, execution, tool, user, stream, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
            addText = new(connection, "INSERT INTO texts (id, text) VALUES (?1, ?2)");
            addWords = new(connection, "INSERT INTO words (rowid, text, meta) VALUES (?1, ?2, ?3)");
            within = new(connection,
                """
                SELECT d.id, d.kind, d.tool, d.user, t.text FROM docs d JOIN texts t ON t.id = d.id
                WHERE d.session = ?1 AND d.first <= ?3 AND d.last >= ?2 AND (?4 IS NULL OR d.target = ?4) AND (?5 IS NULL OR d.message = ?5)
                """);
            dropWords = new(connection, "INSERT INTO words (words, rowid, text, meta) VALUES ('delete', ?1, ?2, ?3)");
            drop = new(connection, "DELETE FROM docs WHERE id = ?1");
            dropText = new(connection, "DELETE FROM texts WHERE id = ?1");
            outcome = new(connection, "INSERT INTO outcomes (session, execution, state) VALUES (?1, ?2, ?3) ON CONFLICT (session, execution) DO UPDATE SET state = excluded.state");
            dropOutcomes = new(connection, "DELETE FROM outcomes WHERE session = ?1");
            // What a process that was killed had removed may be in it still.
            Truncate();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs <paramref name="write"/> in a transaction.</summary>
    public T Transact<T>(Func<T> write)
    {
        begin.Run();
        try
        {
            var result = write();
            commit.Run();
            return result;
        }
        catch
        {
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0) rollback.Run();
            throw;
        }
    }

    public SearchPlace Find(SessionKey session) => Row(session) is { } row ? row.Place : SearchPlace.None;

    public IEnumerable<(SessionKey, SearchPlace)> List(SessionKey? after, int limit)
    {
        var found = new List<(SessionKey, SearchPlace)>();
        list.Bind(1, after?.Tenant ?? "").Bind(2, after?.Session ?? "").Bind(3, limit);
        while (list.Step()) found.Add((new(list.Text(0), list.Text(1)), new(list.Text(2), list.Long(3), list.Long(4))));
        return found;
    }

    /// <summary>Writes a session's step; false if it was read from another place.</summary>
    public bool Write(SearchUpdate update)
    {
        var row = Row(update.Session);
        if ((row?.Place.Version ?? 0) != update.Before.Version) return false;
        long no;
        if (row is not null)
        {
            no = row.Value.No;
            if (update.Afresh) Empty(update.Session, no, row.Value.Owner);
            foreach (var removal in update.Removals) Remove(update.Session, no, row.Value.Owner, removal);
            advance.Bind(1, no).Bind(2, update.Owner).Bind(3, update.Place.Epoch).Bind(4, update.Place.Seq).Bind(5, update.Place.Notes).Run();
        }
        else
        {
            no = Insert(update.Session, update.Owner, update.Place);
        }

        foreach (var document in update.Documents.OrderBy(document => document.At)) Add(update, no, document);
        foreach (var ended in update.Outcomes) outcome.Bind(1, no).Bind(2, ended.ExecutionId).Bind(3, (long)ended.State).Run();
        return true;
    }

    /// <summary>Takes texts out and changes the version, so that what was read before is not written any more.</summary>
    public void Remove(SessionKey session, IEnumerable<SearchRemoval> removals)
    {
        if (Row(session) is not { } row)
        {
            Insert(session, "", SearchPlace.None);
            return;
        }

        foreach (var removal in removals) Remove(session, row.No, row.Owner, removal);
        advance.Bind(1, row.No).Bind(2, row.Owner).Bind(3, row.Place.Epoch).Bind(4, row.Place.Seq).Bind(5, row.Place.Notes).Run();
    }

    public void Forget(SessionKey session)
    {
        if (Row(session) is not { } row) return;
        Empty(session, row.No, row.Owner);
        remove.Bind(1, row.No).Run();
    }

    /// <summary>Outside a transaction: leaves nothing of what was removed in the files. False: somebody reads in the write-ahead log.</summary>
    public bool Truncate() => raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _) == raw.SQLITE_OK;

    /// <summary>The same if the write-ahead log has become long, and without waiting for who reads.</summary>
    public bool TruncateIfLong()
    {
        if (new FileInfo(connection.DataSource + "-wal") is not { Exists: true, Length: > LongLog }) return false;
        raw.sqlite3_busy_timeout(connection.Handle, 0);
        var truncated = Truncate();
        raw.sqlite3_busy_timeout(connection.Handle, SqliteSearchFile.BusyTimeoutMs);
        return truncated;
    }

    public void Dispose()
    {
        SqliteStatement[] all = [begin, commit, rollback, find, insert, advance, remove, list, add, addText, addWords, within, dropWords, drop, dropText, outcome, dropOutcomes];
        foreach (var statement in all) statement.Dispose();
        connection.Dispose();
    }

    private (long No, string Owner, SearchPlace Place)? Row(SessionKey session)
    {
        if (!find.Bind(1, session.Tenant).Bind(2, session.Session).Step()) return null;
        var row = (find.Long(0), find.Text(2), new SearchPlace(find.Text(3), find.Long(4), find.Long(1), find.Text(5)));
        find.Reset();
        return row;
    }

    private long Insert(SessionKey session, string owner, SearchPlace place)
    {
        // Versions of a session that was forgotten must not come again, or what was read before could still be written.
        var version = Random.Shared.NextInt64(1, long.MaxValue / 2);
        insert.Bind(1, session.Tenant).Bind(2, session.Session).Bind(3, owner).Bind(4, place.Epoch).Bind(5, place.Seq).Bind(6, version).Bind(7, place.Notes);
        insert.Step();
        var no = insert.Long(0);
        insert.Run();
        return no;
    }

    private void Add(SearchUpdate update, long no, SearchDocument document)
    {
        var id = document.At.ToUnixTimeMilliseconds() << NumberBits;
        while (!TryAdd(id, no, document)) id++;
        addText.Bind(1, id).Bind(2, document.Text).Run();
        addWords.Bind(1, id).Bind(2, Words(document.Text)).Bind(3, SearchTokens.All(update.Session, update.Owner, document.Kind, document.Tool, document.User)).Run();
    }

    private bool TryAdd(long id, long no, SearchDocument document)
    {
        add.Bind(1, id).Bind(2, no).Bind(3, (long)document.Kind).Bind(4, document.First).Bind(5, document.Last).Bind(6, document.Target)
            .Bind(7, document.MessageId).Bind(8, document.ExecutionId).Bind(9, document.Tool).Bind(10, document.User);
        _ = document.Stream is { } stream ? add.Bind(11, (long)stream) : add.Bind(11, (string?)null);
        _ = document.Line is { } line ? add.Bind(12, line) : add.Bind(12, (string?)null);
        add.Run();
        return raw.sqlite3_changes(connection.Handle) == 1;
    }

    private void Empty(SessionKey session, long no, string owner)
    {
        Remove(session, no, owner, new(0, long.MaxValue));
        dropOutcomes.Bind(1, no).Run();
    }

    private void Remove(SessionKey session, long no, string owner, SearchRemoval removal)
    {
        var found = new List<(long Id, SearchKind Kind, string? Tool, string? User, string Text)>();
        within.Bind(1, no).Bind(2, removal.From).Bind(3, removal.To).Bind(4, removal.Target).Bind(5, removal.MessageId);
        while (within.Step()) found.Add((within.Long(0), (SearchKind)within.Long(1), within.TextOrNull(2), within.TextOrNull(3), within.Text(4)));
        foreach (var (id, kind, tool, user, text) in found)
        {
            dropWords.Bind(1, id).Bind(2, Words(text)).Bind(3, SearchTokens.All(session, owner, kind, tool, user)).Run();
            drop.Bind(1, id).Run();
            dropText.Bind(1, id).Run();
        }
    }

    private string Words(string text)
    {
        scratch.Clear();
        SearchWords.AppendTo(scratch, text);
        return scratch.ToString();
    }
}
