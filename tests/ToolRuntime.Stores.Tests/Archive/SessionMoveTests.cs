using System.Globalization;
using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Tests.Redis;
using ToolRuntime.Stores.Tests.SessionLog;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Archive;

/// <summary>Moves between a real Redis and a real PostgreSQL, cut off after each of their steps or met by others there.</summary>
public sealed class SessionMoveTests : SessionLogSuite
{
    private static readonly ArchiveStep[] Leaving = [ArchiveStep.Claimed, ArchiveStep.Added, ArchiveStep.Left];
    private static readonly LogReadLimits Everything = new(int.MaxValue, int.MaxValue);

    private FaultyArchive archive = null!;

    public static TheoryData<string> Steps => [.. Leaving.Select(step => $"{step}")];

    public static TheoryData<string, string> Meetings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var step in Leaving[..2])
            {
                foreach (var what in (string[])["open", "append", "work", "members", "replace", "trim", "renew", "delete", "snapshot", "move"]) data.Add($"{step}", what);
            }

            return data;
        }
    }

    private RedisStore Own => (RedisStore)Store;

    private RedisSessionLog Redis => Own.Redis;

    /// <summary>What the session's keys begin with.</summary>
    private string Tag => $"{Own.Prefix}{{{Key}}}:";

    protected override ISessionLogStore CreateStore() => new RedisStore(() => RedisServers.Single, async () => archive ??= new(await ArchivingStore.Hasty.Value));

    [Fact]
    public async Task Move_IdleSession_LeavesItsHeaderAlone()
    {
        var token = await FillAsync();
        await SaveAsync("snapshot");
        var before = await DescribeAsync(Redis);

        Assert.True(await MoveAsync());
        Assert.False(await MoveAsync());

        Assert.Equal(["h"], await KeysAsync());
        archive.Away = true; // none of this needs it
        Assert.Equal((3L, 1L, "ann"), await Redis.GetHeaderAsync(Key) is { } header ? (header.Head, header.First, header.Owner) : default);
        Assert.Equal("c3", (await Redis.GetHeaderAsync(Key))!.Check);
        Assert.Equal(3, (await Redis.GetHeadsAsync([Key]))[Key].Seq);
        Assert.Empty((await Redis.ReadAsync(Key, 3, Everything)).Entries);
        Assert.Equal("Notes", Assert.Single(await Redis.ListAsync("acme", "bob", 10)).Label!.Title);
        Assert.True((await Redis.GetStoredBytesAsync("acme", "ann")).Owner > 0);
        Assert.Equal(AppendOutcome.TokenVoid, await Redis.AppendAsync(Key, "void", 3, Entries(3, 1)));
        Assert.Equal(AppendOutcome.HeadMoved, await Redis.AppendAsync(Key, token, 2, Entries(2, 1)));
        archive.Away = false;
        Assert.Equal(before, await DescribeAsync(Redis));
        Assert.Equal("snapshot", (await LoadAsync()).State!.Value);
    }

    [Fact]
    public async Task Move_SessionInUse_StaysWhereItIs()
    {
        await FillAsync();
        var idle = Store.Time.GetUtcNow();
        Assert.False(await Redis.Moves!.MoveAsync(Key, idle, default));
        Assert.True(await Redis.Moves!.MoveAsync(Key, idle.AddMilliseconds(1), default));
        Store.Time.Advance(TimeSpan.FromHours(1));
        await Redis.ReadAsync(Key, 0, Everything); // comes back, and is used now
        Assert.False(await Redis.Moves!.MoveAsync(Key, idle.AddMinutes(1), default));

        var opening = await OpenAsync(Key);
        await Log.AppendAsync(Key, opening.Token, 3, [], new(OpenWork: true));
        Assert.False(await MoveAsync());
        Assert.False(await Redis.Moves!.MoveAsync(Key with { Session = "none" }, DateTimeOffset.MaxValue, default));
    }

    [Fact]
    public async Task Append_ByTheWriterOfBefore_BringsTheLogBackAndGoesOn()
    {
        var token = await FillAsync();
        Assert.True(await MoveAsync());

        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 3, Entries(3, 2)));
        Assert.True(await MoveAsync());
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 5, Entries(5, 1), new(OpenWork: true)));

        await AssertSeqsAsync(Key, [1, 2, 3, 4, 5, 6]);
        Assert.Equal([Key], (await Log.ListOpenWorkAsync()).AsEnumerable());
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Move_CutOffAfterAStep_LosesNothingAndLeavesNothing(string after)
    {
        var token = await FillAsync();
        await SaveAsync("snapshot");
        var before = await DescribeAsync(Redis);
        await CutOffAsync(Redis, after);

        var other = await Own.OpenAnotherAsync();
        Assert.Equal(before, await DescribeAsync(other));
        Assert.Equal(AppendOutcome.Committed, await other.AppendAsync(Key, token, 3, Entries(3, 1)));
        Assert.True(await other.Moves!.MoveAsync(Key, DateTimeOffset.MaxValue, default));
        await SweepAsync(other);

        Assert.Equal(1, await RowsAsync());
        Assert.Equal(4, (await other.ReadAsync(Key, 0, Everything)).Entries.Length);
        Assert.Equal("snapshot", (await LoadAsync()).State!.Value);
        await SweepAsync(other);
        Assert.Equal(0, await RowsAsync());
        await other.DisposeAsync();
    }

    [Theory]
    [InlineData("Staged")]
    [InlineData("Returned")]
    public async Task Return_CutOffAfterAStep_IsDoneByTheNext(string after)
    {
        await FillAsync();
        var before = await DescribeAsync(Redis);
        Assert.True(await MoveAsync());
        Redis.AfterReturn = step => $"{step}" == after ? throw new IOException("killed") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => Redis.ReadAsync(Key, 0, Everything));

        await using var other = await Own.OpenAnotherAsync();
        Assert.Equal(before, await DescribeAsync(other));
        await SweepAsync(other);
        Assert.Equal(0, await RowsAsync());
        Assert.DoesNotContain(await KeysAsync(), key => !key.StartsWith('~') && key.Length > 1);
    }

    [Theory]
    [MemberData(nameof(Meetings))]
    public async Task Move_SessionUsedMeanwhile_TheUserWins(string step, string what)
    {
        var token = await FillAsync();
        await using var other = await Own.OpenAnotherAsync();
        var met = false;
        Redis.Moves!.After = async at =>
        {
            if ($"{at}" != step || met) return;
            met = true;
            await UseAsync(other, what, token);
        };

        Assert.False(await MoveAsync());

        var seqs = (await other.ReadAsync(Key, 0, Everything)).Entries.Select(entry => entry.Event.Seq);
        Assert.Equal(what switch { "append" => [1, 2, 3, 4], "trim" => [2, 3], "delete" => [], _ => (long[])[1, 2, 3] }, seqs);
        await SweepAsync(other);
        Assert.Equal(0, await RowsAsync());
        if (what == "delete") return;
        Assert.Equal(what != "work", await MoveAsync());
        Assert.Equal(what == "work" ? [Key] : [], (await other.ListOpenWorkAsync()).AsEnumerable());
    }

    [Fact]
    public async Task Move_AndReturn_ByManyAtOnce_IsDoneOnceAndWhole()
    {
        var token = await FillAsync();
        await using var other = await Own.OpenAnotherAsync();
        RedisSessionLog[] both = [Redis, other];
        var head = 3L;
        for (var round = 0; round < 20; round++)
        {
            var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => both[i % 2].Moves!.MoveAsync(Key, DateTimeOffset.MaxValue, default))));
            Assert.True(moved.Count(done => done) <= 1);
            var expected = head + 1;
            var appended = Task.Run(() => both[round % 2].AppendAsync(Key, token, head, Entries(head, 1)));
            var pages = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => both[i % 2].ReadAsync(Key, 0, Everything))));
            Assert.Equal(AppendOutcome.Committed, await appended);
            head = expected;
            Assert.All(pages, page => Assert.Equal(Enumerable.Range(1, (int)page.Head).Select(seq => (long)seq), page.Entries.Select(entry => entry.Event.Seq)));
        }

        await AssertSeqsAsync(Key, Enumerable.Range(1, 23).Select(seq => (long)seq));
        await SweepAsync(Redis);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Redis_ThatGoesBackToBeforeAMoveOrAReturn_HasTheSessionStill()
    {
        await FillAsync();
        var before = await DescribeAsync(Redis);
        var inRedis = await CopyAsync();
        Assert.True(await MoveAsync());
        var inArchive = await CopyAsync();
        Assert.Equal(before, await DescribeAsync(Redis)); // has come back

        await PutBackAsync(inArchive);
        Assert.Equal(before, await DescribeAsync(Redis));
        Assert.True(await MoveAsync());
        await PutBackAsync(inRedis);
        Assert.Equal(before, await DescribeAsync(Redis));
        await SweepAsync(Redis);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Open_OnAnotherSiloWhileItMoves_VoidsTheOldToken()
    {
        var token = await FillAsync();
        Assert.True(await MoveAsync());
        await using var other = await Own.OpenAnotherAsync();

        var opening = (await other.OpenAsync(Key, null))!;

        Assert.Equal(AppendOutcome.TokenVoid, await Log.AppendAsync(Key, token, 3, Entries(3, 1)));
        Assert.Equal(AppendOutcome.Committed, await other.AppendAsync(Key, opening.Token, 3, Entries(3, 1)));
    }

    [Fact]
    public async Task Move_LargeTrimmedLogWithMessages_ComesBackTheSame()
    {
        var token = (await OpenAsync(Key)).Token;
        for (var i = 0; i < 30; i++)
        {
            var (seq, id) = (i * 5L, $"m{i}");
            var text = new string((char)('a' + (i % 26)), 40_000);
            await Log.AppendAsync(Key, token, seq,
            [
                Entry(seq + 1, "conversation.state", id, """{"to":"queued"}"""), Entry(seq + 2, "message.delta", id, text), Entry(seq + 3, "message.delta", id, text),
                i % 2 == 0 ? Entry(seq + 4, "message.completed", id, text, "own") : Entry(seq + 4, "message.delta", id, text), Entry(seq + 5, "tool.output", null, text),
            ]);
        }

        await Log.TrimAsync(Key, token, 27);
        var before = await DescribeAsync(Redis);
        Assert.True(await MoveAsync());
        Assert.True(await RowsAsync("part") > 4); // parts of at most a megabyte
        Assert.Equal(["h"], await KeysAsync());

        Assert.Equal(before, await DescribeAsync(Redis));
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 150, [Entry(151, "message.completed", "m29", "whole")]));
        Assert.Equal(2, (await Log.ReadMessagesAsync(Key, null, new(1, 1 << 20)))!.Messages[0].Entries.Length);
    }

    [Fact]
    public async Task Archive_Away_SessionsStayAndWhatIsThereIsUnavailable()
    {
        await FillAsync();
        archive.Away = true;
        await Assert.ThrowsAsync<SessionLogUnavailableException>(MoveAsync);
        await AssertSeqsAsync(Key, [1, 2, 3]);

        archive.Away = false;
        Assert.True(await MoveAsync());
        archive.Away = true;
        var fault = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => Log.OpenAsync(Key, null));
        Assert.True(fault.ToRejection() is { Code: ErrorCode.Unavailable, Retryable: true } told && told.Message.Contains("the archive is away", StringComparison.Ordinal));
        await OpenAsync(Key with { Session = "another" });

        archive.Away = false;
        Assert.NotNull(await Log.OpenAsync(Key, null));
        await AssertSeqsAsync(Key, [1, 2, 3]);
    }

    [Fact]
    public async Task Archive_NotConfiguredOrWithoutThePart_SaysSo()
    {
        await FillAsync();
        Assert.True(await MoveAsync());
        await using var without = await RedisStore.OpenAsync((await RedisServers.Single).Configuration, options => options.KeyPrefix = Own.Prefix);
        Assert.Contains("not told of", (await Assert.ThrowsAsync<SessionLogUnavailableException>(() => without.OpenAsync(Key, null))).Reason, StringComparison.Ordinal);

        await PsqlAsync($"DELETE FROM toolruntime_archive WHERE part > 0 AND {await MineAsync()}");
        Assert.Contains("missing", (await Assert.ThrowsAsync<SessionLogUnavailableException>(() => Log.OpenAsync(Key, null))).Reason, StringComparison.Ordinal);
        await PsqlAsync($"UPDATE toolruntime_archive SET content = content || 'x'::bytea WHERE {await MineAsync()}");
        Assert.Contains("damaged", (await Assert.ThrowsAsync<SessionLogUnavailableException>(() => Log.OpenAsync(Key, null))).Reason, StringComparison.Ordinal);
        await Log.DeleteAsync(Key);
        Assert.Null(await Log.OpenAsync(Key, null));
    }

    [Fact]
    public async Task Delete_ArchivedSession_NeedsNoArchiveAndLeavesNothing()
    {
        await FillAsync();
        Assert.True(await MoveAsync());
        archive.Away = true;
        await Log.DeleteAsync(Key);

        Assert.Null(await Log.GetHeaderAsync(Key));
        Assert.Equal(new StoredBytes(0, 0), await Log.GetStoredBytesAsync("acme", "ann"));
        archive.Away = false;
        await SweepAsync(Redis);
        Assert.Equal(0, await RowsAsync());
    }

    [Fact]
    public async Task Snapshot_OfAnotherVersion_IsRefused()
    {
        await FillAsync();
        var first = await SaveAsync("one");
        Assert.Equal("one", (await LoadAsync()).State!.Value);
        await SaveAsync("two", first.ETag);
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => SaveAsync("three", first.ETag));
        var snapshots = Snapshots();
        var state = await LoadAsync();
        await snapshots.ClearStateAsync("session", Grain, state);
        Assert.False((await LoadAsync()).RecordExists);
        Assert.Equal(["e", "h"], await KeysAsync());
    }

    private static GrainId Grain => GrainId.Create("session", Key.ToString());

    private RedisSnapshots Snapshots() => Redis.SnapshotsBy(new PlainSerializer());

    private async Task<GrainState<Note>> SaveAsync(string text, string? etag = null)
    {
        var state = new GrainState<Note>(new() { Value = text }, etag!);
        await Snapshots().WriteStateAsync("session", Grain, state);
        return state;
    }

    private async Task<GrainState<Note>> LoadAsync()
    {
        var state = new GrainState<Note>(new());
        await Snapshots().ReadStateAsync("session", Grain, state);
        return state;
    }

    private async Task<string> FillAsync()
    {
        var token = (await OpenAsync(Key)).Token;
        await Log.AppendAsync(Key, token, 0, [.. Enumerable.Range(1, 3).Select(seq => new LogEntry(Entry(seq).Event with { Check = $"c{seq}" }, default))],
            new(["bob"], Label: new("Notes", SessionActivity.Idle)));
        return token;
    }

    private async Task UseAsync(RedisSessionLog other, string what, string token)
    {
        switch (what)
        {
            case "open": Assert.NotNull(await other.OpenAsync(Key, null)); break;
            case "append": Assert.Equal(AppendOutcome.Committed, await other.AppendAsync(Key, token, 3, Entries(3, 1))); break;
            case "work": Assert.Equal(AppendOutcome.Committed, await other.AppendAsync(Key, token, 3, [], new(OpenWork: true))); break;
            case "members":
                Store.Time.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(AppendOutcome.Committed, await other.AppendAsync(Key, token, 3, [], new(["eve"])));
                break;
            case "replace": Assert.True(await other.ReplaceAsync(Key, token, [Entry(2, json: "gone")])); break;
            case "trim": Assert.True(await other.TrimAsync(Key, token, 1)); break;
            case "renew": Assert.NotNull(await other.RenewAsync(Key, token)); break;
            case "delete": await other.DeleteAsync(Key); break;
            case "snapshot": await SaveAsync("newer"); break;
            case "move":
                Assert.True(await other.Moves!.MoveAsync(Key, DateTimeOffset.MaxValue, default));
                break;
            default: throw new ArgumentException(what);
        }
    }

    private Task<bool> MoveAsync() => Redis.Moves!.MoveAsync(Key, DateTimeOffset.MaxValue, default);

    private static async Task CutOffAsync(RedisSessionLog log, string after)
    {
        log.Moves!.After = step => $"{step}" == after ? throw new IOException("killed") : Task.CompletedTask;
        await Assert.ThrowsAsync<IOException>(() => log.Moves.MoveAsync(Key, DateTimeOffset.MaxValue, default));
        log.Moves.After = null;
    }

    /// <summary>Twice: what is found to be of no use is marked, and goes at the next look.</summary>
    private async Task SweepAsync(RedisSessionLog log)
    {
        for (var i = 0; i < 3; i++)
        {
            await PsqlAsync($"UPDATE toolruntime_archive SET due = now() - interval '1 s' WHERE {await MineAsync()}");
            await log.Moves!.SweepAsync(100, default);
        }
    }

    private async Task<int> RowsAsync(string of = "id") => int.Parse(await PsqlAsync($"SELECT count(DISTINCT {of}) FROM toolruntime_archive WHERE {await MineAsync()}"),
        CultureInfo.InvariantCulture);

    private async Task<string> MineAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        return $"store = '{await connection.GetDatabase().StringGetAsync($"{Own.Prefix}archive")}'";
    }

    private static async Task<string> PsqlAsync(string statement) => await (await PostgresServer.Shared).PsqlAsync(statement);

    /// <summary>Names of the session's keys, without what they share.</summary>
    private async Task<string[]> KeysAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        var found = connection.GetServers()[0].KeysAsync(pattern: $"{Tag}*");
        var names = new List<string>();
        await foreach (var key in found) names.Add(key.ToString()[Tag.Length..]);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>The session's keys with their values, as an older file of Redis would have them.</summary>
    private async Task<(string Key, byte[] Value)[]> CopyAsync()
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        var database = connection.GetDatabase();
        return await Task.WhenAll((await KeysAsync()).Select(async key => (key, (await database.KeyDumpAsync(Tag + key))!)));
    }

    private async Task PutBackAsync((string Key, byte[] Value)[] copy)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        var database = connection.GetDatabase();
        foreach (var key in await KeysAsync()) await database.KeyDeleteAsync(Tag + key);
        foreach (var (key, value) in copy) await database.KeyRestoreAsync(Tag + key, value);
    }

    /// <summary>All that can be read of it.</summary>
    private static async Task<string> DescribeAsync(ISessionLog log)
    {
        var (header, page) = ((await log.GetHeaderAsync(Key))!, await log.ReadAsync(Key, 0, Everything));
        var messages = (await log.ReadMessagesAsync(Key, null, new(100, 100 << 20)))!;
        var told = messages.Messages.Select(message => $"{message.Id}: {string.Join(',', message.Entries.Select(entry => entry.Event.Seq))} {string.Join(',', message.Batches)}");
        return string.Join('\n', (string[])
        [
            $"{header.Epoch} {header.Head} {header.First} {header.Owner} {string.Join(',', header.Members)} {header.Check}",
            .. page.Entries.Select(entry => $"{Describe(entry)} {entry.Event.Check}"), .. told, $"{messages.More} {messages.Trimmed}",
        ]);
    }

    private sealed class PlainSerializer : Orleans.Storage.IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => BinaryData.FromString(((Note)(object)input!).Value);

        public T Deserialize<T>(BinaryData input) => (T)(object)new Note { Value = input.ToString() };
    }

    private sealed class Note
    {
        public string Value { get; set; } = "";
    }
}
