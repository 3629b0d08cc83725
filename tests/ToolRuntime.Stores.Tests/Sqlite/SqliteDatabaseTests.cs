using System.Text;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.Sqlite;

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

        Assert.Equal((42, state.ETag), (read.State!.Total, read.ETag));
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

    [Fact]
    public async Task Overwrite_ManyStatesOfEverySize_LeavesNoTraceInTheFiles()
    {
        var storage = new SqliteGrainStorage(file.Open());
        var states = Enumerable.Range(0, 300).Select(i => new GrainState<Note>(new() { Text = $"SECRET{i}{new string('s', i * 40)}" })).ToArray();
        for (var i = 0; i < states.Length; i++) await storage.WriteStateAsync("note", Id(i), states[i]);
        Assert.True(FilesHold("SECRET"));

        for (var i = 0; i < states.Length; i++)
        {
            states[i].State = new() { Text = "erased" };
            if (i % 2 == 0) await storage.WriteStateAsync("note", Id(i), states[i]);
            else await storage.ClearStateAsync("note", Id(i), states[i]);
        }

        await Waits.UntilAsync(() => !FilesHold("SECRET"));
        var read = new GrainState<Note>();
        await storage.ReadStateAsync("note", Id(0), read);
        Assert.Equal("erased", read.State!.Text);

        // Scattered, so that pages split.
        static GrainId Id(int i) => GrainId.Create("note", $"{i * 7919 % 300:000}");
    }

    [Fact]
    public async Task Open_AfterACrash_LeavesNoTraceOfWhatWasCleared()
    {
        var storage = new SqliteGrainStorage(file.Open());
        var state = new GrainState<Note>(new() { Text = "SECRET" });
        await storage.WriteStateAsync("note", Grain, state);
        await storage.ClearStateAsync("note", Grain, state);
        using var crashed = new SqliteFile();
        Directory.CreateDirectory(Path.GetDirectoryName(crashed.Path)!);
        foreach (var suffix in (string[])["", "-wal"]) File.WriteAllBytes(crashed.Path + suffix, Bytes(file.Path + suffix));
        Assert.True(FilesHold("SECRET", crashed));

        crashed.Open();

        await Waits.UntilAsync(() => !FilesHold("SECRET", crashed));
    }

    [Fact]
    public async Task Read_StateWithoutPadding_IsStillUnderstood()
    {
        var database = file.Open();
        var storage = new SqliteGrainStorage(database);
        await storage.WriteStateAsync("note", Grain, new GrainState<Note>(new() { Text = "new" }));
        await database.WriteAsync(connection =>
        {
            using var command = connection.Command("UPDATE grain_state SET state = $state", ("$state", Encoding.UTF8.GetBytes("{\"Text\":\"old\"}")));
            return command.ExecuteNonQuery();
        });

        var read = new GrainState<Note>();
        await storage.ReadStateAsync("note", Grain, read);
        Assert.Equal("old", read.State!.Text);
    }

    private bool FilesHold(string text, SqliteFile? other = null) => Directory.GetFiles(Path.GetDirectoryName((other ?? file).Path)!).Any(path => Bytes(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static byte[] Bytes(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed class Note
    {
        public string Text { get; set; } = "";
    }
}
