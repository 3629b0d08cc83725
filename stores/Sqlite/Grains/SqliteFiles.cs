using System.Collections.Concurrent;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The open files of one host, each opened once.</summary>
internal sealed class SqliteFiles : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<SqliteDatabase>> files = new();

    public SqliteDatabase Open(string path) =>
        files.GetOrAdd(Path.GetFullPath(path), static path => new(() => new(path, SqliteGrainStorage.Schema + SqliteReminderTable.Schema))).Value;

    public void Dispose()
    {
        foreach (var file in files.Values.Where(file => file.IsValueCreated))
            file.Value.Dispose();
    }
}
