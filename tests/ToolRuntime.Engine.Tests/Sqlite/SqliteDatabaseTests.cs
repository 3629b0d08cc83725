using ToolRuntime.Engine.Sqlite;
using ToolRuntime.Engine.Tests.State;

namespace ToolRuntime.Engine.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("ledger", "t/s/1");

    private readonly SqliteFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task Open_WritesAheadAndWaitsForTheDisk()
    {
        var settings = await file.Open().ReadAsync(connection =>
        {
            using var mode = connection.Command("PRAGMA journal_mode");
            using var synchronous = connection.Command("PRAGMA synchronous");
            return $"{mode.ExecuteScalar()} {synchronous.ExecuteScalar()}";
        });

        Assert.Equal("wal 2", settings);
    }

    [Fact]
    public async Task Crash_AfterAnAcknowledgedWrite_StateIsThere()
    {
        var state = new GrainState<Ledger>(new() { Total = 42 });
        await new SqliteGrainStorage(file.Open()).WriteStateAsync("ledger", Grain, state);

        // What a killed process leaves behind: the files as they are, never closed.
        using var crashed = new SqliteFile();
        Directory.CreateDirectory(Path.GetDirectoryName(crashed.Path)!);
        File.Copy(file.Path, crashed.Path);
        File.Copy(file.Path + "-wal", crashed.Path + "-wal");
        var read = new GrainState<Ledger>();
        await new SqliteGrainStorage(crashed.Open()).ReadStateAsync("ledger", Grain, read);

        Assert.Equal((42, state.ETag), (read.State.Total, read.ETag));
    }

    [Fact]
    public async Task Write_OperationThrows_FailsAndTheDatabaseServesOn()
    {
        var database = file.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<int>(_ => throw new InvalidOperationException()));

        Assert.Equal(1, await database.WriteAsync(connection => (int)connection.NextVersion()));
    }

    [Fact]
    public async Task Write_ManyAtOnce_AllAreCommitted()
    {
        var database = file.Open();

        var versions = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => database.WriteAsync(connection => connection.NextVersion())));

        Assert.Equal(2_000, versions.Distinct().Count());
        Assert.Equal(2_000, versions.Max());
    }
}
