using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The open files of one host, each opened once.</summary>
internal sealed class SqliteFiles(StoreHealth health, ILogger<SqliteFiles> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<SqliteDatabase>> files = new();

    public SqliteDatabase Open(string path) =>
        files.GetOrAdd(Path.GetFullPath(path), path => new(() => new(path, SqliteGrainStorage.Schema + SqliteReminderTable.Schema, health, logger))).Value;

    public void Dispose()
    {
        foreach (var file in files.Values.Where(file => file.IsValueCreated))
            file.Value.Dispose();
    }
}
