using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>Takes a log's file back to an older schema, as a program of that time would have left it.</summary>
internal static class OlderSchemas
{
    // What each version since the second added, undone.
    private static readonly string[] Undo =
    [
        "DROP INDEX entries_of_messages; DROP INDEX entries_of_starts; DROP INDEX entries_of_resets;",
        "ALTER TABLE sessions DROP COLUMN bytes;",
        "DROP INDEX sessions_of_owners; DROP TABLE members;",
        "ALTER TABLE entries DROP COLUMN proof;",
        "ALTER TABLE sessions DROP COLUMN title; ALTER TABLE sessions DROP COLUMN activity;",
    ];

    public static string Sql(int version) => $"{string.Concat(Undo.Skip(version - 1).Reverse())} PRAGMA user_version = {version};";
}
