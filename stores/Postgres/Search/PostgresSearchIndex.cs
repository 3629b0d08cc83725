using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Npgsql;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>The search index of a cluster. Any silo may write what it has read; a session's version says whether that still holds.</summary>
internal sealed class PostgresSearchIndex(IOptions<PostgresSearchOptions> options) : ISearchIndex, IAsyncDisposable, IDisposable
{
    private const string WriteFailed = "The search index could not be written.";
    private const string ReadFailed = "The search index could not be read.";

    private readonly PostgresDatabase database = new(PostgresSearchTables.Tables, options.Value.ConnectionString, options.Value.TimeoutMs);

    public Task<SearchPlace> FindAsync(SessionKey session, CancellationToken cancellationToken = default) => database.RunAsync(ReadFailed, async connection =>
    {
        await using var command = PostgresSearchTables.Command(
            connection, "SELECT epoch, seq, version, notes FROM toolruntime_search_sessions WHERE tenant = $1 AND session = $2", session.Tenant, session.Session);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new SearchPlace(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3))
            : SearchPlace.None;
    }, cancellationToken);

    public Task<ImmutableArray<(SessionKey Session, SearchPlace Place)>> ListAsync(SessionKey? after, int limit, CancellationToken cancellationToken = default) =>
        database.RunAsync(ReadFailed, async connection =>
        {
            await using var command = PostgresSearchTables.Command(
                connection,
                """
                SELECT tenant, session, epoch, seq, version FROM toolruntime_search_sessions
                WHERE (tenant, session) > ($1, $2) ORDER BY tenant, session LIMIT $3
                """,
                after?.Tenant ?? "", after?.Session ?? "", limit);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var found = ImmutableArray.CreateBuilder<(SessionKey, SearchPlace)>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                found.Add((new(reader.GetString(0), reader.GetString(1)), new(reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4))));
            }

            return found.DrainToImmutable();
        }, cancellationToken);

    public async Task<ImmutableArray<SessionKey>> WriteAsync(IReadOnlyList<SearchUpdate> updates, CancellationToken cancellationToken = default)
    {
        var refused = ImmutableArray.CreateBuilder<SessionKey>();
        foreach (var update in updates)
        {
            var written = await database.RunAsync(WriteFailed, connection => WriteAsync(connection, update, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!written) refused.Add(update.Session);
        }

        return refused.DrainToImmutable();
    }

    /// <summary>What PostgreSQL refuses for what is in it (classes 22 and 54: data, limits) it refuses each time.</summary>
    private static async Task<bool> WriteAsync(NpgsqlConnection connection, SearchUpdate update, CancellationToken cancellationToken)
    {
        try
        {
            return await PostgresSearchTables.WriteAsync(connection, update, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState[..2] is "22" or "54")
        {
            throw new InvalidDataException($"PostgreSQL does not take a text of {update.Session}: {refused.SqlState}: {refused.MessageText}");
        }
    }

    public Task RemoveAsync(SessionKey session, ImmutableArray<SearchRemoval> removals, CancellationToken cancellationToken = default) =>
        database.RunAsync(WriteFailed, connection => PostgresSearchTables.RemoveAsync(connection, session, removals, cancellationToken), cancellationToken);

    public Task ForgetAsync(SessionKey session, CancellationToken cancellationToken = default) => database.RunAsync(WriteFailed, async connection =>
    {
        // What belongs to it goes with it.
        await using var command = PostgresSearchTables.Command(
            connection, "DELETE FROM toolruntime_search_sessions WHERE tenant = $1 AND session = $2", session.Tenant, session.Session);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        database.RunAsync(ReadFailed, connection => PostgresSearchReader.SearchAsync(connection, request, options.Value.MaxRanked, cancellationToken), cancellationToken);

    /// <summary>Throws the index away; the silos make it again.</summary>
    public Task ClearAsync(CancellationToken cancellationToken = default) => database.RunAsync(WriteFailed, async connection =>
    {
        await using var command = new NpgsqlCommand("TRUNCATE toolruntime_search_sessions CASCADE", connection);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();
}
