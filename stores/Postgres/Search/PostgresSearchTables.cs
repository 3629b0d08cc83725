using System.Collections.Immutable;
using Npgsql;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Postgres;

/// <summary>The tables of the search index, and what is written to them.</summary>
internal static class PostgresSearchTables
{
    private const int NumberBits = 20;

    public static PostgresTables Tables { get; } = new(
        "the search index",
        "toolruntime_search",
        Lock: 0x746F6F6C5F736561,
        Version: 1,
        """
        CREATE TABLE toolruntime_search_schema (version int NOT NULL);
        CREATE TABLE toolruntime_search_sessions (
            no bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, tenant text COLLATE "C" NOT NULL, session text COLLATE "C" NOT NULL, owner text NOT NULL, epoch text NOT NULL,
            seq bigint NOT NULL, version bigint NOT NULL, notes text NOT NULL, UNIQUE (tenant, session));
        CREATE TABLE toolruntime_search_docs (
            id bigint PRIMARY KEY, no bigint NOT NULL REFERENCES toolruntime_search_sessions ON DELETE CASCADE, tenant text NOT NULL, kind smallint NOT NULL,
            first bigint NOT NULL, last bigint NOT NULL, target text NOT NULL, message text, execution text, tool text, author text, stream smallint, line int,
            text text NOT NULL, words tsvector NOT NULL);
        CREATE INDEX toolruntime_search_words ON toolruntime_search_docs USING gin (words);
        CREATE INDEX toolruntime_search_newest ON toolruntime_search_docs (tenant, id);
        CREATE INDEX toolruntime_search_of_session ON toolruntime_search_docs (no, first);
        CREATE TABLE toolruntime_search_outcomes (
            no bigint NOT NULL REFERENCES toolruntime_search_sessions ON DELETE CASCADE, execution text NOT NULL, state smallint NOT NULL, PRIMARY KEY (no, execution));
        INSERT INTO toolruntime_search_schema VALUES (1);
        """);

    /// <summary>Times are in the numbers of texts, so that the newest come first by them alone.</summary>
    public static long Id(DateTimeOffset at) => Math.Clamp(at.ToUnixTimeMilliseconds(), 0, long.MaxValue >> (NumberBits + 1)) << NumberBits;

    public static DateTimeOffset At(long id) => DateTimeOffset.FromUnixTimeMilliseconds(id >> NumberBits);

    public static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        return command;
    }

    /// <summary>Writes a session's step; false if it was read from another place.</summary>
    public static async Task<bool> WriteAsync(NpgsqlConnection connection, SearchUpdate update, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // What the index loses with the power is read again.
        await ExecuteAsync(connection, "SET LOCAL synchronous_commit = off", cancellationToken).ConfigureAwait(false);
        if (await AdvanceAsync(connection, update, cancellationToken).ConfigureAwait(false) is not { } no) return false;
        if (update.Afresh)
        {
            await ExecuteAsync(connection, "DELETE FROM toolruntime_search_docs WHERE no = $1", cancellationToken, no).ConfigureAwait(false);
            await ExecuteAsync(connection, "DELETE FROM toolruntime_search_outcomes WHERE no = $1", cancellationToken, no).ConfigureAwait(false);
        }

        foreach (var removal in update.Removals) await RemoveAsync(connection, no, removal, cancellationToken).ConfigureAwait(false);
        if (update.Documents.Length > 0) await AddAsync(connection, no, update, cancellationToken).ConfigureAwait(false);
        foreach (var outcome in update.Outcomes)
        {
            await ExecuteAsync(
                connection,
                """
                INSERT INTO toolruntime_search_outcomes (no, execution, state) VALUES ($1, $2, $3)
                ON CONFLICT (no, execution) DO UPDATE SET state = excluded.state
                """,
                cancellationToken, no, outcome.ExecutionId, (short)outcome.State).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    public static async Task<bool> RemoveAsync(NpgsqlConnection connection, SessionKey session, ImmutableArray<SearchRemoval> removals, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var bump = Command(
            connection,
            """
            INSERT INTO toolruntime_search_sessions AS s (tenant, session, owner, epoch, seq, version, notes) VALUES ($1, $2, '', '', 0, $3, '')
            ON CONFLICT (tenant, session) DO UPDATE SET version = s.version + 1 RETURNING no
            """,
            session.Tenant, session.Session, FirstVersion());
        var no = (long)(await bump.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        foreach (var removal in removals) await RemoveAsync(connection, no, removal, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async Task<long?> AdvanceAsync(NpgsqlConnection connection, SearchUpdate update, CancellationToken cancellationToken)
    {
        var (session, place) = (update.Session, update.Place);
        await using var command = update.Before.Version == 0
            ? Command(
                connection,
                """
                INSERT INTO toolruntime_search_sessions (tenant, session, owner, epoch, seq, notes, version) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant, session) DO NOTHING RETURNING no
                """,
                session.Tenant, session.Session, update.Owner, place.Epoch, place.Seq, place.Notes, FirstVersion())
            : Command(
                connection,
                """
                UPDATE toolruntime_search_sessions SET owner = $3, epoch = $4, seq = $5, notes = $6, version = version + 1
                WHERE tenant = $1 AND session = $2 AND version = $7 RETURNING no
                """,
                session.Tenant, session.Session, update.Owner, place.Epoch, place.Seq, place.Notes, update.Before.Version);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as long?;
    }

    private static Task AddAsync(NpgsqlConnection connection, long no, SearchUpdate update, CancellationToken cancellationToken)
    {
        var documents = update.Documents;
        return ExecuteAsync(
            connection,
            """
            INSERT INTO toolruntime_search_docs (id, no, tenant, kind, first, last, target, message, execution, tool, author, stream, line, text, words)
            SELECT id, $1, $2, kind, first, last, target, message, execution, tool, author, stream, line, text, words::tsvector
            FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                AS d (id, kind, first, last, target, message, execution, tool, author, stream, line, text, words)
            """,
            cancellationToken,
            no,
            update.Session.Tenant,
            documents.Select(document => Id(document.At) | (uint)Random.Shared.Next(1 << NumberBits)).ToArray(),
            documents.Select(document => (short)document.Kind).ToArray(),
            documents.Select(document => document.First).ToArray(),
            documents.Select(document => document.Last).ToArray(),
            documents.Select(document => document.Target).ToArray(),
            documents.Select(document => document.MessageId).ToArray(),
            documents.Select(document => document.ExecutionId).ToArray(),
            documents.Select(document => document.Tool).ToArray(),
            documents.Select(document => document.User).ToArray(),
            documents.Select(document => (short?)document.Stream).ToArray(),
            documents.Select(document => document.Line).ToArray(),
            documents.Select(document => document.Text).ToArray(),
            documents.Select(document => SearchVector.Of(document.Text)).ToArray());
    }

    private static Task RemoveAsync(NpgsqlConnection connection, long no, SearchRemoval removal, CancellationToken cancellationToken) => ExecuteAsync(
        connection,
        """
        DELETE FROM toolruntime_search_docs
        WHERE no = $1 AND first <= $3 AND last >= $2 AND ($4 = '' OR target = $4) AND ($5 = '' OR message = $5)
        """,
        cancellationToken, no, removal.From, removal.To, removal.Target ?? "", removal.MessageId ?? "");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, text, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A session that was forgotten must not have the same versions again, or what was read before could still be written.</summary>
    private static long FirstVersion() => Random.Shared.NextInt64(1, long.MaxValue / 2);
}
