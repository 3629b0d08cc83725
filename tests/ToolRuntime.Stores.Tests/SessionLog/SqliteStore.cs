using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>A data folder of its own. A crash leaves the log open and goes on with a copy of its files, as the disk had them at that moment.</summary>
internal sealed class SqliteStore : ISessionLogStore, IDisposable
{
    private readonly List<string> folders = [];
    private readonly List<SqliteSessionLog> crashed = [];
    private SqliteSessionLog? open;

    public SqliteStore() => folders.Add(Directory.CreateTempSubdirectory("session-log-").FullName);

    public string Folder => folders[^1];

    public StoreHealth Health { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public SqliteSessionLog Open(int checkpointPages = 4_000)
    {
        var options = new SqliteSessionLogOptions { Path = Folder, BusyTimeoutMs = 0, CheckpointPages = checkpointPages };
        return open = new SqliteSessionLog(Options.Create(options), Time, Health, NullLogger<SqliteSessionLog>.Instance);
    }

    public Task<ISessionLog> OpenAsync() => Task.FromResult<ISessionLog>(Open());

    public Task CloseAsync()
    {
        open?.Dispose();
        open = null;
        return Task.CompletedTask;
    }

    public Task<bool> HoldsAsync(string text) => Task.FromResult(FilesThatHold(Folder, text).Any());

    /// <summary>The databases of a folder, their write-ahead logs included, that have the text anywhere.</summary>
    public static IEnumerable<string> FilesThatHold(string folder, string text)
    {
        var sought = Encoding.UTF8.GetBytes(text);
        foreach (var path in Directory.EnumerateFiles(folder, "*.db*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(sought) >= 0) yield return path;
        }
    }

    public Task CrashAsync()
    {
        var next = Directory.CreateTempSubdirectory("session-log-").FullName;
        // The write-ahead log is only appended to here (no checkpoint at these sizes), so a copy of file, then log, is a state the disk has had.
        foreach (var name in (string[])["sessions.db", "sessions.db-wal"]) File.Copy(Path.Combine(Folder, name), Path.Combine(next, name));
        crashed.Add(open!);
        open = null;
        folders.Add(next);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        open?.Dispose();
        foreach (var log in crashed) log.Dispose();
        foreach (var folder in folders) Directory.Delete(folder, recursive: true);
        folders.Clear();
        crashed.Clear();
    }
}
