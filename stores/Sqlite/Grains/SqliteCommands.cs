using Microsoft.Data.Sqlite;

namespace ToolRuntime.Stores.Sqlite;

internal static class SqliteCommands
{
    public static SqliteCommand Command(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    /// <summary>A version that the file has never given out.</summary>
    public static long NextVersion(this SqliteConnection connection)
    {
        using var command = connection.Command("UPDATE version_counter SET value = value + 1 RETURNING value");
        return (long)command.ExecuteScalar()!;
    }
}
