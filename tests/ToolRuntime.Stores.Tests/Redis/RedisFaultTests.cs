using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>
/// What goes wrong with Redis, on real ones: what is in doubt is said to be, nothing that was committed is lost, and it goes on once it
/// is over.
/// </summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    private static readonly SessionKey Key = new("acme", "s1");

    private readonly StoreHealth health = new();
    private RedisServer server = null!;

    public async Task InitializeAsync() => // What was answered is in the file: with everysec a write waits for a slow sync, and a kill may come first.
    server = await RedisServer.StartOwnAsync("--appendfsync", "always");

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Append_AnswerDoesNotCome_IsInDoubtAndTakesPlaceOnceAtMost()
    {
        using var proxy = new FaultProxy(server.Port);
        await using var log = await OpenAsync(proxy.Address);
        var opening = await log.OpenAsync(Key, "ann");
        await log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]);
        proxy.HoldAnswers();

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(Key, opening.Token, 1, [Entry(2)]));

        Assert.Equal(("it does not answer in time", "it does not answer in time"), (e.Reason, health.Stores["sessions"]));
        Assert.Equal((ErrorCode.Unavailable, true), (e.ToRejection().Code, e.ToRejection().Retryable));
        var recovered = Recovery();
        proxy.Release();
        await recovered;
        var again = await log.OpenAsync(Key, null);
        Assert.Equal(2, again!.Header.Head);
        Assert.Equal(AppendOutcome.TokenVoid, await log.AppendAsync(Key, opening.Token, 1, [Entry(2)]));
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, again.Token, 2, [Entry(3)]));
        Assert.Equal([1L, 2, 3], await SeqsAsync(log));
    }

    [Fact]
    public async Task Append_ConnectionCutInMidAppend_FailsThenGoesOnOverANewOne()
    {
        using var proxy = new FaultProxy(server.Port);
        await using var log = await OpenAsync(proxy.Address);
        var opening = await log.OpenAsync(Key, "ann");
        proxy.HoldAnswers();
        var append = log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]);
        proxy.Cut();

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => append);
        Assert.Equal("it can't be reached", e.Reason);
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));
        var recovered = Recovery();
        proxy.Mend();
        await recovered;

        var again = await log.OpenAsync(Key, null);
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, again!.Token, again.Header.Head, [Entry(again.Header.Head + 1)]));
        Assert.Equal(Enumerable.Range(1, (int)again.Header.Head + 1).Select(seq => (long)seq), await SeqsAsync(log));
    }

    [Fact]
    public async Task Append_RedisKilledAmidAppendsAndRestarted_HasEveryCommittedOneAndNoHalfOne()
    {
        await using var log = await OpenAsync(server.Address);
        var keys = Enumerable.Range(0, 6).Select(i => new SessionKey("acme", $"s{i}")).ToArray();
        var committed = new long[keys.Length];
        var halfway = new TaskCompletionSource();
        var writers = keys.Select((key, i) => Task.Run(async () =>
        {
            var token = (await log.OpenAsync(key, "ann"))!.Token;
            while (await log.AppendAsync(key, token, committed[i],
                [Entry(committed[i] + 1), Entry(committed[i] + 2)]) == AppendOutcome.Committed)
            {
                if (Interlocked.Add(ref committed[i], 2) == 60) halfway.TrySetResult();
            }
        })).ToArray();
        await halfway.Task.WaitAsync(Waits.Long);

        await server.KillAsync();
        foreach (var writer in writers) await Assert.ThrowsAsync<SessionLogUnavailableException>(() => writer);
        var recovered = Recovery();
        await server.StartAgainAsync();
        await recovered;

        for (var i = 0; i < keys.Length; i++)
        {
            var opening = await log.OpenAsync(keys[i], null);
            var seqs = (await log.ReadAsync(keys[i], 0, new(int.MaxValue, int.MaxValue))).Entries.Select(entry => entry.Event.Seq)
                .ToArray();
            Assert.Equal(Enumerable.Range(1, seqs.Length).Select(seq => (long)seq), seqs);
            Assert.Contains(seqs.Length - committed[i], (long[])[0, 2]); // the one that was under way is in doubt
            Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(keys[i], opening!.Token, seqs.Length, [Entry(seqs.Length + 1)]));
        }
    }

    [Fact]
    public async Task Append_RedisPutBackToAnOlderFile_IsRefusedAndCursorsTellByTheirCheck()
    {
        await using var log = await OpenAsync(server.Address);
        var opening = await log.OpenAsync(Key, "ann");
        await log.AppendAsync(Key, opening!.Token, 0, [Entry(1, "aaaaaaaa")]);
        await server.KillAsync();
        var copy = Directory.CreateTempSubdirectory("redis-tests-").FullName;
        Copy(server.Folder, copy);
        await RestartAsync(log);
        await log.AppendAsync(Key, opening.Token, 1, [Entry(2, "bbbbbbbb"), Entry(3, "bbbbbbbb")]);

        await server.KillAsync();
        Directory.Delete(server.Folder, recursive: true);
        Copy(copy, server.Folder);
        Directory.Delete(copy, recursive: true);
        await RestartAsync(log);

        Assert.Equal(AppendOutcome.HeadMoved, await log.AppendAsync(Key, opening.Token, 3, [Entry(4, "cccccccc")]));
        var header = (await log.GetHeaderAsync(Key))!;
        Assert.Equal((1, "aaaaaaaa", opening.Header.Epoch), (header.Head, header.Check, header.Epoch));

        // Grown past the cursor again: the check at its seq is another one.
        await log.AppendAsync(Key, (await log.OpenAsync(Key, null))!.Token, 1, [Entry(2, "dddddddd"), Entry(3, "dddddddd")]);
        Assert.Equal(["aaaaaaaa", "dddddddd", "dddddddd"], (await log.ReadAsync(Key, 0, new(10, 1_000)))
            .Entries.Select(entry => entry.Event.Check));
    }

    [Fact]
    public async Task Append_RedisStopsForAWhile_FailsInTimeAndTheLateOneIsFenced()
    {
        await using var log = await OpenAsync(server.Address);
        var opening = await log.OpenAsync(Key, "ann");
        server.Signal("STOP");

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]));
        Assert.Equal("it does not answer in time", e.Reason);
        var recovered = Recovery();
        server.Signal("CONT");
        await recovered;

        var again = await log.OpenAsync(Key, null);
        Assert.Equal(AppendOutcome.TokenVoid,
            await log.AppendAsync(Key, opening!.Token, again!.Header.Head, [Entry(again.Header.Head + 1)]));
    }

    [Fact]
    public async Task Append_MemoryFull_SaysSoThenGoesOn()
    {
        await using var log = await OpenAsync(server.Address);
        var opening = await log.OpenAsync(Key, "ann");
        using var admin = await server.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]));
        Assert.Equal("its memory is full", e.Reason);
        var recovered = Recovery();
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await recovered;

        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]));
    }

    [Fact]
    public async Task Append_ScriptsForgotten_LoadsThemAgain()
    {
        await using var log = await OpenAsync(server.Address);
        var opening = await log.OpenAsync(Key, "ann");
        using var admin = await server.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");

        var appends = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => log.AppendAsync(Key, opening!.Token, 0, [Entry(1)])));

        Assert.Single(appends, AppendOutcome.Committed);
        Assert.Equal([1L], await SeqsAsync(log));
    }

    [Fact]
    public async Task Erase_FilesCannotBeRewritten_FailsAndIsDoneByARepetition()
    {
        await using var log = await OpenAsync(server.Address);
        var opening = await log.OpenAsync(Key, "ann");
        await log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]);
        using var admin = await server.ConnectAsync();
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "-bgrewriteaof");

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.EraseAsync(Key, opening.Token, []));
        Assert.Equal("it refuses this user", e.Reason);
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "+bgrewriteaof");

        Assert.True(await log.EraseAsync(Key, opening.Token, []));
    }

    [Fact]
    public async Task Failure_OfRedis_CrossesBetweenSilos()
    {
        await using var log = await OpenAsync(server.Address);
        await server.KillAsync();
        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        var arrived = serializer.Deserialize<SessionLogUnavailableException>(serializer.SerializeToArray(e));

        Assert.Equal((e.Message, e.Reason), (arrived!.Message, arrived.Reason));
        Assert.IsType<IOException>(arrived.InnerException);
    }

    private Task<RedisSessionLog> OpenAsync(string address) =>
        RedisStore.OpenAsync(address, options => options.TimeoutMs = 1_000, health: health);

    /// <summary>Starts the server again, and waits until the log has found it.</summary>
    private async Task RestartAsync(RedisSessionLog log)
    {
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));
        var recovered = Recovery();
        await server.StartAgainAsync();
        await recovered;
    }

    private Task Recovery()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        health.Recovered += () => done.TrySetResult();
        return done.Task.WaitAsync(Waits.Long);
    }

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    private static async Task<IEnumerable<long>> SeqsAsync(RedisSessionLog log) =>
        (await log.ReadAsync(Key, 0, new(int.MaxValue, int.MaxValue))).Entries.Select(entry => entry.Event.Seq);

    private static LogEntry Entry(long seq, string? check = null) =>
        new(new(seq, "tool.output", "x1", Encoding.UTF8.GetBytes($$"""{"seq":{{seq}}}"""), check), default);
}
