using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;


namespace ToolRuntime.Stores.Tests.Sqlite;

/// <summary>An SQLite file of one test.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("stores-tests-");
    private readonly SqliteFiles files;

    public SqliteFile() => files = new(Health, NullLogger<SqliteFiles>.Instance);

    public StoreHealth Health { get; } = new();

    public string Path => System.IO.Path.Combine(directory.FullName, "state", "grains.db");

    public SqliteDatabase Open() => files.Open(Path);

    public void Dispose()
    {
        files.Dispose();
        directory.Delete(recursive: true);
    }
}
