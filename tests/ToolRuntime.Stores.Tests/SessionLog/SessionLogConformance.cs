using System.Collections.Immutable;
using System.Text;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> has to do with entries.</summary>
public abstract class SessionLogConformance : SessionLogSuite
{
    [Fact]
    public async Task Open_UnknownSessionWithoutOwner_GivesNullAndBeginsNothing()
    {
        Assert.Null(await Log.OpenAsync(Key, createFor: null));
        Assert.Null(await Log.GetHeaderAsync(Key));
    }

    [Fact]
    public async Task Open_UnknownSessionWithOwner_BeginsAnEmptyLog()
    {
        var opening = await Log.OpenAsync(Key, "ann");

        Assert.NotNull(opening);
        Assert.NotEmpty(opening.Token);
        Assert.NotEmpty(opening.Header.Epoch);
        Assert.Equal((0, 1, "ann"), (opening.Header.Head, opening.Header.First, opening.Header.Owner));
        Assert.Empty(opening.Header.Members);
    }

    [Fact]
    public async Task Open_KnownSession_KeepsEpochHeadAndOwner()
    {
        var first = await OpenAsync(Key);
        await AppendAsync(Key, first.Token, 0, 3);

        var second = await Log.OpenAsync(Key, "bob");

        Assert.Equal((first.Header.Epoch, 3L, "ann"), (second!.Header.Epoch, second.Header.Head, second.Header.Owner));
        Assert.NotEqual(first.Token, second.Token);
    }

    [Fact]
    public async Task Open_TwoSessions_HaveEpochsOfTheirOwn()
    {
        var other = Key with { Tenant = "other" };
        Assert.NotEqual((await OpenAsync(Key)).Header.Epoch, (await OpenAsync(other)).Header.Epoch);
    }

    [Fact]
    public async Task Append_ThenRead_GivesTheSameEntriesInOrder()
    {
        var token = (await OpenAsync(Key)).Token;
        LogEntry[] entries = [Entry(1, "message.created", "m1", "{\"seq\":1}", "private"), Entry(2, "tool.output", null, "{\"text\":\"\u00fc\"}"), Entry(3)];

        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 0, [entries[0]]));
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 1, [entries[1], entries[2]]));

        var page = await Log.ReadAsync(Key, after: 0, NoLimits);
        Assert.Equal((3, 1), (page.Head, page.First));
        Assert.Equal(entries.Select(Describe), page.Entries.Select(Describe));
    }

    [Fact]
    public async Task Append_LargeEntry_ComesBackWhole()
    {
        var token = (await OpenAsync(Key)).Token;
        var json = string.Create(1_000_000, 0, (span, _) => span.Fill('x'));

        await Log.AppendAsync(Key, token, 0, [Entry(1, json: json)]);

        Assert.Equal(json, Text((await Log.ReadAsync(Key, 0, new(10, 10))).Entries[0].Event.Json));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Append_OtherHead_IsRefusedAndWritesNothing(long expectedHead)
    {
        var token = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, token, 0, 2);

        Assert.Equal(AppendOutcome.HeadMoved, await Log.AppendAsync(Key, token, expectedHead, Entries(expectedHead, 2)));

        await AssertSeqsAsync(Key, [1, 2]);
    }

    [Fact]
    public async Task Append_VoidToken_IsRefusedAndWritesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 1);
        var current = (await OpenAsync(Key)).Token;

        Assert.Equal(AppendOutcome.TokenVoid, await Log.AppendAsync(Key, old, 1, Entries(1, 1), new(["eve"])));
        Assert.Equal(AppendOutcome.TokenVoid, await Log.AppendAsync(Key with { Session = "none" }, old, 0, Entries(0, 1)));

        await AssertSeqsAsync(Key, [1]);
        Assert.Empty((await Log.GetHeaderAsync(Key))!.Members);
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, current, 1, Entries(1, 1)));
    }

    [Fact]
    public async Task Append_BadNumbers_ThrowsAndWritesNothing()
    {
        var token = (await OpenAsync(Key)).Token;

        await Assert.ThrowsAsync<ArgumentException>(() => Log.AppendAsync(Key, token, 0, [Entry(2)]));
        await Assert.ThrowsAsync<ArgumentException>(() => Log.AppendAsync(Key, token, 0, [Entry(1), Entry(3)]));

        await AssertSeqsAsync(Key, []);
    }

    [Fact]
    public async Task Append_WithMembers_ReplacesThem()
    {
        var token = (await OpenAsync(Key)).Token;

        await Log.AppendAsync(Key, token, 0, Entries(0, 1), new(["bob", "eve"]));
        await Log.AppendAsync(Key, token, 1, Entries(1, 1));
        Assert.Equal(["bob", "eve"], (await Log.GetHeaderAsync(Key))!.Members.AsEnumerable());

        await Log.AppendAsync(Key, token, 2, [], new(["eve"]));
        var header = (await Log.GetHeaderAsync(Key))!;
        Assert.Equal(["eve"], header.Members.AsEnumerable());
        Assert.Equal(2, header.Head);
        Assert.Equal(["eve"], (await OpenAsync(Key)).Header.Members.AsEnumerable());
    }

    [Fact]
    public async Task Append_FromManyTasksAtTheSameHead_OneWins()
    {
        var token = (await OpenAsync(Key)).Token;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Log.AppendAsync(Key, token, 0, [Entry(1, json: $"{i}")]))));

        Assert.Single(outcomes, AppendOutcome.Committed);
        Assert.Equal(19, outcomes.Count(outcome => outcome == AppendOutcome.HeadMoved));
        await AssertSeqsAsync(Key, [1]);
    }

    [Fact]
    public async Task Append_ManySessionsAtOnce_EachIsDenseAndItsOwn()
    {
        var keys = Enumerable.Range(0, 40).Select(i => new SessionKey(i % 2 == 0 ? "acme" : "other", $"s{i / 2}")).ToArray();

        await Task.WhenAll(keys.Select(key => Task.Run(async () =>
        {
            var token = (await OpenAsync(key)).Token;
            for (var seq = 0; seq < 50; seq += 2)
            {
                Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(key, token, seq, [Entry(seq + 1, json: $"{key}"), Entry(seq + 2, json: $"{key}")]));
                if (seq % 10 == 0) Assert.Equal(AppendOutcome.HeadMoved, await Log.AppendAsync(key, token, seq, Entries(seq, 1)));
                Assert.Equal(seq + 2, (await Log.ReadAsync(key, seq, NoLimits)).Entries[^1].Event.Seq);
            }
        })));

        foreach (var key in keys)
        {
            var page = await Log.ReadAsync(key, 0, NoLimits);
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), page.Entries.Select(entry => entry.Event.Seq));
            Assert.All(page.Entries, entry => Assert.Equal($"{key}", Text(entry.Event.Json)));
        }
    }

    [Fact]
    public async Task Append_AfterTheTokenWasTaken_NeverMixes()
    {
        // Two writers fight: whoever opened last appends, the other one is told so and opens again.
        var first = await OpenAsync(Key);
        var written = new int[2];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var opening = first;
            while (written[writer] < 20)
            {
                var outcome = await Log.AppendAsync(Key, opening.Token, opening.Header.Head, [Entry(opening.Header.Head + 1)]);
                if (outcome == AppendOutcome.Committed)
                {
                    written[writer]++;
                    opening = opening with { Header = opening.Header with { Head = opening.Header.Head + 1 } };
                }
                else opening = await OpenAsync(Key);
            }
        })));

        await AssertSeqsAsync(Key, Enumerable.Range(1, 40).Select(i => (long)i));
    }

    [Fact]
    public async Task Read_MaxEntries_StopsThereAndGoesOnAfter()
    {
        var token = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, token, 0, 5);

        var page = await Log.ReadAsync(Key, 1, new(2, int.MaxValue));

        Assert.Equal([2, 3], page.Entries.Select(entry => entry.Event.Seq));
        Assert.Equal(5, page.Head);
    }

    [Fact]
    public async Task Read_MaxBytes_StopsBeforeTheLimitButGivesAtLeastOne()
    {
        var token = (await OpenAsync(Key)).Token;
        await Log.AppendAsync(Key, token, 0, [.. Enumerable.Range(1, 5).Select(i => Entry(i, json: new string('x', 100)))]);

        Assert.Equal(2, (await Log.ReadAsync(Key, 0, new(int.MaxValue, 250))).Entries.Length);
        Assert.Equal([3], (await Log.ReadAsync(Key, 2, new(int.MaxValue, 1))).Entries.Select(entry => entry.Event.Seq));
    }

    [Fact]
    public async Task Read_AtOrBeyondTheHead_IsEmpty()
    {
        var opening = await OpenAsync(Key);
        await AppendAsync(Key, opening.Token, 0, 2);

        foreach (var after in (long[])[2, 3, long.MaxValue])
        {
            var page = await Log.ReadAsync(Key, after, NoLimits);
            Assert.Empty(page.Entries);
            Assert.Equal((opening.Header.Epoch, 2, 1), (page.Epoch, page.Head, page.First));
        }
    }

    [Fact]
    public async Task Read_UnknownSession_IsEmptyWithoutEpoch()
    {
        var page = await Log.ReadAsync(Key, 0, NoLimits);

        Assert.Empty(page.Entries);
        Assert.Equal(("", 0, 1), (page.Epoch, page.Head, page.First));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(600, 601)]
    [InlineData(1_000, 1_001)]
    [InlineData(5_000, 1_001)]
    public async Task Trim_UpTo_DropsThoseAndMovesFirst(long upTo, long first)
    {
        var token = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, token, 0, 1_000);

        Assert.True(await Log.TrimAsync(Key, token, upTo));
        Assert.True(await Log.TrimAsync(Key, token, upTo / 2));

        var page = await Log.ReadAsync(Key, 0, NoLimits);
        Assert.Equal((first, 1_000), (page.First, page.Head));
        Assert.Equal(1_001 - first, page.Entries.Length);
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, 1_000, Entries(1_000, 1)));
        Assert.Equal(1_001, (await Log.ReadAsync(Key, 1_000, NoLimits)).Entries[0].Event.Seq);
    }

    [Fact]
    public async Task Trim_VoidToken_ChangesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 3);
        await OpenAsync(Key);

        Assert.False(await Log.TrimAsync(Key, old, 2));
        Assert.False(await Log.TrimAsync(Key with { Session = "none" }, old, 2));
        await AssertSeqsAsync(Key, [1, 2, 3]);
    }

    [Fact]
    public async Task Erase_SomeEntries_LeavesOthersInTheirPlaceAndNoTrace()
    {
        var keys = Enumerable.Range(0, 5).Select(i => new SessionKey("acme", $"s{i}")).ToArray();
        var tokens = await Task.WhenAll(keys.Select(async key => (await OpenAsync(key)).Token));
        for (var seq = 1; seq <= 200; seq++)
        {
            // In turn, and of every size, so that a Store that keeps them in pages has to move them about.
            for (var i = 0; i < keys.Length; i++)
            {
                await Log.AppendAsync(keys[i], tokens[i], seq - 1, [Entry(seq, "message.delta", "m1", $"SECRET{new string('x', seq * (i + 1) * 5)}", "SECRET")]);
            }
        }

        Assert.True(await Store.HoldsAsync("SECRET"));
        for (var i = 0; i < keys.Length; i++) Assert.True(await Log.EraseAsync(keys[i], tokens[i], [.. Enumerable.Range(1, 200).Select(seq => Entry(seq, "message.delta", "m1", "gone", "own"))]));

        Assert.False(await Store.HoldsAsync("SECRET"));
        var page = await Log.ReadAsync(keys[1], 0, NoLimits);
        Assert.Equal(Enumerable.Range(1, 200).Select(seq => ((long)seq, "message.delta", (string?)"m1", "gone", "own")), page.Entries.Select(Describe));
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(keys[1], tokens[1], 200, Entries(200, 1)));
    }

    [Fact]
    public async Task Erase_TrimmedOrOtherEntries_BringsNoneBack()
    {
        var token = (await OpenAsync(Key)).Token;
        await Log.AppendAsync(Key, token, 0, [Entry(1, json: "SECRET"), Entry(2), Entry(3)]);
        await Log.TrimAsync(Key, token, 1);

        Assert.True(await Log.EraseAsync(Key, token, [Entry(1, json: "a"), Entry(3, type: "message.delta", json: "b"), Entry(4, json: "c")]));
        Assert.True(await Log.EraseAsync(Key, token, []));

        Assert.False(await Store.HoldsAsync("SECRET"));
        Assert.Equal(["{}", "{}"], (await Log.ReadAsync(Key, 0, NoLimits)).Entries.Select(entry => Text(entry.Event.Json)));
    }

    [Fact]
    public async Task Replace_SomeEntries_LeavesOthersInTheirPlaceAndGivesRoomBack()
    {
        var token = (await OpenAsync(Key)).Token;
        await Log.AppendAsync(Key, token, 0, [.. Enumerable.Range(1, 3).Select(seq => Entry(seq, "tool.output", "x1", new string('x', 10_000), "own"))]);
        var before = await Log.GetStoredBytesAsync(Key.Tenant, "ann");

        Assert.True(await Log.ReplaceAsync(Key, token, [Entry(2, "tool.output", "x1", "gone", "own")]));
        Assert.False(await Log.ReplaceAsync(Key, "void", [Entry(3, "tool.output", "x1", "gone", "own")]));

        var page = await Log.ReadAsync(Key, 0, NoLimits);
        Assert.Equal([10_000, 4, 10_000], page.Entries.Select(e => e.Event.Json.Length));
        Assert.Equal([1L, 2, 3], page.Entries.Select(e => e.Event.Seq));
        Assert.Equal(before.Owner - 9_996, (await Log.GetStoredBytesAsync(Key.Tenant, "ann")).Owner);
    }

    [Fact]
    public async Task Erase_VoidToken_ChangesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 1);
        await OpenAsync(Key);

        Assert.False(await Log.EraseAsync(Key, old, [Entry(1, json: "b")]));
        Assert.False(await Log.EraseAsync(Key with { Session = "none" }, old, [Entry(1, json: "b")]));
        Assert.Equal("{}", Text((await Log.ReadAsync(Key, 0, NoLimits)).Entries[0].Event.Json));
    }

    [Fact]
    public async Task Delete_Session_LeavesNoTraceOfIt()
    {
        var other = Key with { Session = "s2" };
        var (token, others) = ((await OpenAsync(Key)).Token, (await OpenAsync(other)).Token);
        for (var seq = 1; seq <= 300; seq++)
        {
            await Log.AppendAsync(Key, token, seq - 1, [Entry(seq, json: $"SECRET{new string('x', seq * 10)}", own: "SECRET")]);
            await Log.AppendAsync(other, others, seq - 1, [Entry(seq, json: new string('y', seq * 7))]);
        }

        await Log.DeleteAsync(Key);

        Assert.False(await Store.HoldsAsync("SECRET"));
        Assert.Equal(300, (await SeqsAsync(other)).Count());
    }

    [Fact]
    public async Task Renew_ValidToken_BeginsANewEpochWithTheSameEntries()
    {
        var old = await OpenAsync(Key);
        await Log.AppendAsync(Key, old.Token, 0, Entries(0, 3), new(["bob"]));

        var renewed = await Log.RenewAsync(Key, old.Token);

        Assert.NotNull(renewed);
        Assert.NotEqual(old.Header.Epoch, renewed.Header.Epoch);
        Assert.Equal((3, 1, "ann"), (renewed.Header.Head, renewed.Header.First, renewed.Header.Owner));
        Assert.Equal(["bob"], renewed.Header.Members.AsEnumerable());
        Assert.Equal(AppendOutcome.TokenVoid, await Log.AppendAsync(Key, old.Token, 3, Entries(3, 1)));
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, renewed.Token, 3, Entries(3, 1)));
        await AssertSeqsAsync(Key, [1, 2, 3, 4]);
    }

    [Fact]
    public async Task Renew_VoidToken_ChangesNothing()
    {
        var old = await OpenAsync(Key);
        await AppendAsync(Key, old.Token, 0, 1);
        await OpenAsync(Key);

        Assert.Null(await Log.RenewAsync(Key, old.Token));
        Assert.Null(await Log.RenewAsync(Key with { Session = "none" }, old.Token));
        Assert.Equal(old.Header.Epoch, (await Log.GetHeaderAsync(Key))!.Epoch);
        await AssertSeqsAsync(Key, [1]);
    }

    [Fact]
    public async Task Delete_KnownSession_RemovesAllOfItAndNothingElse()
    {
        var other = Key with { Session = "s2" };
        var old = await OpenAsync(Key);
        await AppendAsync(Key, old.Token, 0, 700);
        await AppendAsync(other, (await OpenAsync(other)).Token, 0, 2);

        await Log.DeleteAsync(Key);
        await Log.DeleteAsync(Key);

        Assert.Null(await Log.GetHeaderAsync(Key));
        Assert.Equal(AppendOutcome.TokenVoid, await Log.AppendAsync(Key, old.Token, 700, Entries(700, 1)));
        await AssertSeqsAsync(other, [1, 2]);

        var again = await OpenAsync(Key);
        Assert.NotEqual(old.Header.Epoch, again.Header.Epoch);
        await AssertSeqsAsync(Key, []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reopen_AfterCloseOrCrash_HasAllThatWasCommitted(bool crash)
    {
        var opening = await OpenAsync(Key);
        await Log.AppendAsync(Key, opening.Token, 0, Entries(0, 100), new(["bob"]));
        await Log.TrimAsync(Key, opening.Token, 10);
        await AppendAsync(Key, opening.Token, 100, 1);

        await (crash ? Store.CrashAsync() : Store.CloseAsync());
        Log = await Store.OpenAsync();

        var header = (await Log.GetHeaderAsync(Key))!;
        Assert.Equal((opening.Header.Epoch, 101, 11, "ann"), (header.Epoch, header.Head, header.First, header.Owner));
        Assert.Equal(["bob"], header.Members.AsEnumerable());
        await AssertSeqsAsync(Key, Enumerable.Range(11, 91).Select(i => (long)i));
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, (await OpenAsync(Key)).Token, 101, Entries(101, 1)));
    }

    [Fact]
    public async Task Reopen_AfterACrashAmidAppends_HasEveryCommittedOneAndNoHalfOne()
    {
        var keys = Enumerable.Range(0, 8).Select(i => new SessionKey("acme", $"s{i}")).ToArray();
        var committed = new long[keys.Length];
        var halfway = new TaskCompletionSource();
        var stop = false;
        var writers = keys.Select((key, i) => Task.Run(async () =>
        {
            var token = (await OpenAsync(key)).Token;
            while (!Volatile.Read(ref stop) && await Log.AppendAsync(key, token, committed[i], Entries(committed[i], 3)) == AppendOutcome.Committed)
            {
                if (Interlocked.Add(ref committed[i], 3) == 60) halfway.TrySetResult();
            }
        })).ToArray();
        await halfway.Task;

        var before = committed.Select((_, i) => Interlocked.Read(ref committed[i])).ToArray();
        await Store.CrashAsync();
        Volatile.Write(ref stop, true);
        foreach (var writer in writers) await Record.ExceptionAsync(() => writer);
        Log = await Store.OpenAsync();

        for (var i = 0; i < keys.Length; i++)
        {
            var seqs = (await SeqsAsync(keys[i])).ToArray();
            Assert.Equal(Enumerable.Range(1, seqs.Length).Select(seq => (long)seq), seqs);
            Assert.True(seqs.Length >= before[i]);
            Assert.Equal(0, seqs.Length % 3);
        }
    }
}
