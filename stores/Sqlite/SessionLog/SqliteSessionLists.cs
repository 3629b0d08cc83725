using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Lists sessions. A subject's are found by indexes that no append has to keep up; only a list of the whole tenant reads all of it.</summary>
internal sealed class SqliteSessionLists : IDisposable
{
    private const string Columns = "SELECT session, owner, head, updated_at, title, activity FROM sessions";
    private const string Order = "AND (?2 IS NULL OR (updated_at, session) < (?2, ?3)) ORDER BY updated_at DESC, session DESC LIMIT ?4";

    private readonly SqliteStatement ofTenant, ofSubject, idle, openWork;

    public SqliteSessionLists(SqliteConnection connection)
    {
        ofTenant = new(connection, $"{Columns} WHERE tenant = ?1 {Order}");
        ofSubject = new(connection,
            $"""
            {Columns} WHERE no IN (
                SELECT no FROM sessions INDEXED BY sessions_of_owners WHERE tenant = ?1 AND owner = ?5
                UNION SELECT no FROM members INDEXED BY sessions_of_members WHERE tenant = ?1 AND subject = ?5) {Order}
            """);
        idle = new(connection, "SELECT tenant, session FROM sessions WHERE session >= ?1 AND session < ?2 AND open_work = 0 AND updated_at < ?3 LIMIT ?4");
        openWork = new(connection, "SELECT tenant, session FROM sessions WHERE open_work = 1");
    }

    /// <summary>The indexes; kept as sessions come, go and are shared.</summary>
    public static string Schema =>
        """
        CREATE INDEX sessions_of_owners ON sessions (tenant, owner);
        CREATE TABLE members (no INTEGER NOT NULL, tenant TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (no, subject)) WITHOUT ROWID;
        CREATE INDEX sessions_of_members ON members (tenant, subject);
        INSERT INTO members (no, tenant, subject) SELECT DISTINCT sessions.no, sessions.tenant, value FROM sessions, json_each(sessions.members);
        """;

    /// <summary>What lists show of each; null as long as nothing has been written since.</summary>
    public static string Labels => "ALTER TABLE sessions ADD COLUMN title TEXT; ALTER TABLE sessions ADD COLUMN activity TEXT;";

    public ImmutableArray<SessionSummary> List(string tenant, string? subject, int limit, SessionListPlace? after)
    {
        var list = subject is null ? ofTenant : ofSubject.Bind(5, subject);
        list.Bind(1, tenant).Bind(4, Math.Max(limit, 0));
        _ = after is { } place ? list.Bind(2, place.UpdatedAt.ToUnixTimeMilliseconds()).Bind(3, place.Session) : list.Bind(2, (string?)null).Bind(3, (string?)null);
        var sessions = ImmutableArray.CreateBuilder<SessionSummary>();
        while (list.Step())
        {
            sessions.Add(new(list.Text(0), list.Text(1), list.Long(2), DateTimeOffset.FromUnixTimeMilliseconds(list.Long(3)), LabelOf(list)));
        }

        return sessions.DrainToImmutable();
    }

    public ImmutableArray<SessionKey> ListIdle(string prefix, DateTimeOffset since, int limit)
    {
        // Ids are ASCII; none goes on with what follows its last character.
        var end = prefix.Length == 0 ? "\u007f" : prefix[..^1] + (char)(prefix[^1] + 1);
        return Keys(idle.Bind(1, prefix).Bind(2, end).Bind(3, since.ToUnixTimeMilliseconds()).Bind(4, Math.Max(limit, 0)));
    }

    public ImmutableArray<SessionKey> ListOpenWork() => Keys(openWork);

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[ofTenant, ofSubject, idle, openWork]) statement.Dispose();
    }

    private static SessionLabel? LabelOf(SqliteStatement list) =>
        list.TextOrNull(5) is { } activity ? new(list.TextOrNull(4) is { Length: > 0 } title ? title : null, Enum.Parse<SessionActivity>(activity)) : null;

    private static ImmutableArray<SessionKey> Keys(SqliteStatement found)
    {
        var sessions = ImmutableArray.CreateBuilder<SessionKey>();
        while (found.Step()) sessions.Add(new(found.Text(0), found.Text(1)));
        return sessions.DrainToImmutable();
    }
}
