using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

public sealed class SqliteSessionLogConformanceTests : SessionLogConformance
{
    protected override ISessionLogStore CreateStore() => new SqliteStore();
}

public sealed class SqliteSessionLogListConformanceTests : SessionLogListConformance
{
    protected override ISessionLogStore CreateStore() => new SqliteStore();
}

public sealed class SqliteSessionLogCheckConformanceTests : SessionLogCheckConformance
{
    protected override ISessionLogStore CreateStore() => new SqliteStore();
}

public sealed class SqliteSessionLogMessageConformanceTests : SessionLogMessageConformance
{
    protected override ISessionLogStore CreateStore() => new SqliteStore();
}

public sealed class SqliteSessionLogTests : IDisposable
{
    private static readonly SessionKey Key = new("acme", "s1");
    private readonly SqliteStore store = new();

    private string File => Path.Combine(store.Folder, "sessions.db");

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Start_FolderInUse_SaysSoAndWorksAfterwards()
    {
        store.Open();

        var e = Assert.Throws<SessionLogUnavailableException>(() => store.Open());
        Assert.Contains("in use by another process", e.Message, StringComparison.Ordinal);
        Assert.Contains(store.Folder, e.Message, StringComparison.Ordinal);

        await store.CloseAsync();
        store.Open();
    }

    [Fact]
    public async Task Start_ByTheHost_FailsWhenTheFolderIsInUse()
    {
        store.Open();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSqliteSessionLog(options => options.Path = store.Folder);
        using var host = builder.Build();

        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => host.StartAsync());
    }

    [Fact]
    public void Start_NoSqliteFile_SaysSo()
    {
        System.IO.File.WriteAllText(File, new string('x', 10_000));

        Assert.Contains("damaged", Assert.Throws<SessionLogUnavailableException>(() => store.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_FolderThatIsAFile_SaysSo()
    {
        var path = Path.Combine(store.Folder, "file");
        System.IO.File.WriteAllText(path, "");

        var e = Assert.Throws<SessionLogUnavailableException>(() => DataFolderLock.Take(path));
        Assert.Contains("can't be written to", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NewerSchema_IsRefused()
    {
        store.Open();
        await store.CloseAsync();
        Execute($"PRAGMA user_version = {SqliteLogFile.SchemaVersion + 1}");

        Assert.Contains("newer version", Assert.Throws<SessionLogUnavailableException>(() => store.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SchemaWithoutBytes_CountsThem()
    {
        var (log, key) = (store.Open(), new SessionKey("acme", "s1"));
        await log.AppendAsync(key, (await log.OpenAsync(key, "ann"))!.Token, 0, [Entry(1), Entry(2)]);
        var before = await log.GetStoredBytesAsync("acme", "ann");
        await store.CloseAsync();
        Execute(OlderSchemas.Sql(2));

        var after = await store.Open().GetStoredBytesAsync("acme", "ann");

        Assert.True(before.Owner > 0);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Start_SchemaWithoutChecks_KeepsEntriesAndGivesNewOnesTheirs()
    {
        var log = store.Open();
        await log.AppendAsync(Key, (await log.OpenAsync(Key, "ann"))!.Token, 0, [Entry(1), Entry(2)]);
        await store.CloseAsync();
        Execute(OlderSchemas.Sql(4));

        log = store.Open();
        Assert.Null((await log.GetHeaderAsync(Key))!.Check);
        await log.AppendAsync(Key, (await log.OpenAsync(Key, null))!.Token, 2, [new(Entry(3).Event with { Check = "aaaaaaaa" }, default)]);

        Assert.Equal([null, null, "aaaaaaaa"], (await log.ReadAsync(Key, 0, new(10, int.MaxValue))).Entries.Select(entry => entry.Event.Check));
    }

    [Fact]
    public async Task Append_TransactionFails_FailsAllOfItsGroupAndTheNextOneWorks()
    {
        var log = store.Open();
        var keys = Enumerable.Range(0, 5).Select(i => new SessionKey("acme", $"s{i}")).ToArray();
        var openings = await Task.WhenAll(keys.Select(key => log.OpenAsync(key, "ann")));

        using (var other = Connect())
        {
            using var transaction = other.BeginTransaction();
            foreach (var (key, opening) in keys.Zip(openings))
            {
                var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(key, opening!.Token, 0, [Entry(1)]));
                Assert.IsType<SqliteException>(e.InnerException);
            }
        }

        foreach (var (key, opening) in keys.Zip(openings))
        {
            Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(key, opening!.Token, 0, [Entry(1)]));
        }
    }

    [Fact]
    public async Task Use_AfterDispose_IsUnavailable()
    {
        var log = store.Open();
        await store.CloseAsync();

        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.OpenAsync(Key, "ann"));
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));
    }

    [Fact]
    public async Task Dispose_WhileAppendsAreWaiting_AnswersEachOfThem()
    {
        var log = store.Open();
        var opening = await log.OpenAsync(Key, "ann");
        var appends = Enumerable.Range(0, 100).Select(i => log.AppendAsync(Key, opening!.Token, i, [Entry(i + 1)])).ToArray();

        await store.CloseAsync();

        Assert.All(await Task.WhenAll(appends), outcome => Assert.Equal(AppendOutcome.Committed, outcome));
        Assert.Equal(100, (await store.Open().GetHeaderAsync(Key))!.Head);
    }

    [Fact]
    public async Task Append_FarBeyondTheCheckpointLimit_KeepsTheWriteAheadLogShort()
    {
        var log = store.Open(checkpointPages: 100);
        var opening = await log.OpenAsync(Key, "ann");
        var payload = new byte[16_000];

        for (var i = 0; i < 1_000; i++) await log.AppendAsync(Key, opening!.Token, i, [new(new(i + 1, "tool.output", null, payload), default)]);

        Assert.InRange(new FileInfo(File + "-wal").Length, 1, 8_000_000);
        Assert.Equal(1_000, (await log.ReadAsync(Key, 0, new(int.MaxValue, int.MaxValue))).Entries.Length);
    }

    [Fact]
    public async Task Delete_ManyEntries_LeavesNoneInTheFile()
    {
        var log = store.Open();
        var opening = await log.OpenAsync(Key, "ann");
        await log.AppendAsync(Key, opening!.Token, 0, [.. Enumerable.Range(1, 1_000).Select(i => Entry(i))]);

        await log.DeleteAsync(Key);

        Assert.Equal(0L, Scalar("SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM garbage) + (SELECT count(*) FROM sessions)"));
    }

    private static LogEntry Entry(long seq) => new(new(seq, "tool.output", null, "{}"u8.ToArray()), default);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Connect();
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var connection = Connect();
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
