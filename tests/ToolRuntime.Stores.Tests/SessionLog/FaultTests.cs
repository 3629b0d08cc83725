using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Stores.Tests.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What goes wrong with a disk, on real ones: the stores say so, and go on once it is over.</summary>
public sealed class FaultTests
{
    private static readonly SessionKey Key = new("acme", "s1");

    [Fact]
    public async Task Append_DiskFullForAWhile_FailsWithTheReasonThenGoesOn()
    {
        using var disk = new SmallDisk(8);
        var health = new StoreHealth();
        using var log = Open(disk.Path, health);
        var opening = await log.OpenAsync(Key, "ann");
        await log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]);
        disk.Fill();

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => AppendUntilFullAsync(log, opening.Token));
        Assert.Equal(("the disk is full", "the disk is full"), (e.Reason, health.Stores["sessions"]));
        Assert.Equal(ErrorCode.Unavailable, e.ToRejection().Code);
        var recovered = Recovery(health);
        disk.Free();
        await recovered;

        var again = await log.OpenAsync(Key, null);
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, again!.Token, again.Header.Head, [Entry(again.Header.Head + 1)]));
        Assert.True(health.IsHealthy);
    }

    [Fact]
    public async Task Write_GrainsOnAFullDisk_FailsThenGoesOnInANewTransaction()
    {
        using var disk = new SmallDisk(8);
        var health = new StoreHealth();
        using var files = new SqliteFiles(health, NullLogger<SqliteFiles>.Instance);
        var database = files.Open(Path.Combine(disk.Path, "grains.db"));
        disk.Fill();

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(async () =>
        {
            while (true) await database.WriteAsync(connection => Write(connection, new byte[100_000]));
        });
        Assert.Equal("the disk is full", e.Reason);
        var recovered = Recovery(health);
        disk.Free();
        await recovered;

        Assert.Equal(1, await database.WriteAsync(connection => Write(connection, [1])));
    }

    [Fact]
    public async Task Write_ReadOnlyForAWhile_FailsThenGoesOn()
    {
        using var file = new SqliteFile();
        var database = file.Open();
        await database.ReadAsync(connection => connection.Command("PRAGMA query_only = ON").ExecuteNonQuery());

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => database.WriteAsync(connection => Write(connection, [1])));

        Assert.Equal("it can't be written to", e.Reason);
        Assert.Equal(1, await database.WriteAsync(connection => Write(connection, [1])));
    }

    [Fact]
    public async Task Append_FileGone_FailsAndMakesNoNewOneThenGoesOnWhenItIsBack()
    {
        var folder = Directory.CreateTempSubdirectory("session-log-").FullName;
        var moved = folder + "-moved";
        var health = new StoreHealth();
        using (var log = Open(folder, health))
        {
            var opening = await log.OpenAsync(Key, "ann");
            await log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]);
            Directory.Move(folder, moved);

            var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(Key, opening.Token, 1, [Entry(2)]));
            Assert.Equal("its file is gone", e.Reason);
            await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));
            Assert.False(File.Exists(Path.Combine(folder, "sessions.db")));
            var recovered = Recovery(health);
            Directory.Move(moved, folder);
            await recovered;

            var again = await log.OpenAsync(Key, null);
            Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, again!.Token, again.Header.Head, [Entry(again.Header.Head + 1)]));
            Assert.Equal((1, "ann"), ((await log.ReadAsync(Key, 0, new(1, 1))).Entries.Length, again.Header.Owner));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Write_GrainsFileGone_FailsAndMakesNoNewOne()
    {
        using var file = new SqliteFile();
        var database = file.Open();
        await database.WriteAsync(connection => Write(connection, [1]));
        foreach (var suffix in (string[])["", "-wal", "-shm"]) File.Delete(file.Path + suffix);

        foreach (var _ in (int[])[1, 2])
        {
            var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => database.WriteAsync(connection => Write(connection, [1])));
            Assert.Equal("its file is gone", e.Reason);
        }

        Assert.False(File.Exists(file.Path));
        Assert.False(file.Health.IsHealthy);
    }

    private static SqliteSessionLog Open(string folder, StoreHealth health) =>
        new(Options.Create(new SqliteSessionLogOptions { Path = folder, BusyTimeoutMs = 0 }), TimeProvider.System, health, NullLogger<SqliteSessionLog>.Instance);

    private static Task Recovery(StoreHealth health)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        health.Recovered += () => done.TrySetResult();
        return done.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task AppendUntilFullAsync(SqliteSessionLog log, string token)
    {
        for (var head = 1L; ; head++) await log.AppendAsync(Key, token, head, [Entry(head + 1)]);
    }

    private static int Write(SqliteConnection connection, byte[] state)
    {
        using var command = connection.Command("INSERT INTO grain_state (grain, name, version, state) VALUES (hex(randomblob(16)), 'n', 1, $state)", ("$state", state));
        return command.ExecuteNonQuery();
    }

    private static LogEntry Entry(long seq) => new(new(seq, "tool.output", null, Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 100_000)}}"}""")), default);
}
