using System.Collections.Immutable;
using System.Text;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> has to do. Each test has a store of its own.</summary>
public abstract class SessionLogConformance : IAsyncLifetime
{
    private static readonly LogReadLimits NoLimits = new(int.MaxValue, int.MaxValue);
    private static readonly SessionKey Key = new("acme", "s1");
    private ISessionLogStore store = null!;
    private ISessionLog log = null!;

    protected abstract ISessionLogStore CreateStore();

    public async Task InitializeAsync()
    {
        store = CreateStore();
        log = await store.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await store.CloseAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Open_UnknownSessionWithoutOwner_GivesNullAndBeginsNothing()
    {
        Assert.Null(await log.OpenAsync(Key, createFor: null));
        Assert.Null(await log.GetHeaderAsync(Key));
    }

    [Fact]
    public async Task Open_UnknownSessionWithOwner_BeginsAnEmptyLog()
    {
        var opening = await log.OpenAsync(Key, "ann");

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

        var second = await log.OpenAsync(Key, "bob");

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

        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, token, 0, [entries[0]]));
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, token, 1, [entries[1], entries[2]]));

        var page = await log.ReadAsync(Key, after: 0, NoLimits);
        Assert.Equal((3, 1), (page.Head, page.First));
        Assert.Equal(entries.Select(Describe), page.Entries.Select(Describe));
    }

    [Fact]
    public async Task Append_LargeEntry_ComesBackWhole()
    {
        var token = (await OpenAsync(Key)).Token;
        var json = string.Create(1_000_000, 0, (span, _) => span.Fill('x'));

        await log.AppendAsync(Key, token, 0, [Entry(1, json: json)]);

        Assert.Equal(json, Text((await log.ReadAsync(Key, 0, new(10, 10))).Entries[0].Event.Json));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Append_OtherHead_IsRefusedAndWritesNothing(long expectedHead)
    {
        var token = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, token, 0, 2);

        Assert.Equal(AppendOutcome.HeadMoved, await log.AppendAsync(Key, token, expectedHead, Entries(expectedHead, 2)));

        await AssertSeqsAsync(Key, [1, 2]);
    }

    [Fact]
    public async Task Append_VoidToken_IsRefusedAndWritesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 1);
        var current = (await OpenAsync(Key)).Token;

        Assert.Equal(AppendOutcome.TokenVoid, await log.AppendAsync(Key, old, 1, Entries(1, 1), new(["eve"])));
        Assert.Equal(AppendOutcome.TokenVoid, await log.AppendAsync(Key with { Session = "none" }, old, 0, Entries(0, 1)));

        await AssertSeqsAsync(Key, [1]);
        Assert.Empty((await log.GetHeaderAsync(Key))!.Members);
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, current, 1, Entries(1, 1)));
    }

    [Fact]
    public async Task Append_BadNumbers_ThrowsAndWritesNothing()
    {
        var token = (await OpenAsync(Key)).Token;

        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(Key, token, 0, [Entry(2)]));
        await Assert.ThrowsAsync<ArgumentException>(() => log.AppendAsync(Key, token, 0, [Entry(1), Entry(3)]));

        await AssertSeqsAsync(Key, []);
    }

    [Fact]
    public async Task Append_WithMembers_ReplacesThem()
    {
        var token = (await OpenAsync(Key)).Token;

        await log.AppendAsync(Key, token, 0, Entries(0, 1), new(["bob", "eve"]));
        await log.AppendAsync(Key, token, 1, Entries(1, 1));
        Assert.Equal(["bob", "eve"], (await log.GetHeaderAsync(Key))!.Members.AsEnumerable());

        await log.AppendAsync(Key, token, 2, [], new(["eve"]));
        var header = (await log.GetHeaderAsync(Key))!;
        Assert.Equal(["eve"], header.Members.AsEnumerable());
        Assert.Equal(2, header.Head);
        Assert.Equal(["eve"], (await OpenAsync(Key)).Header.Members.AsEnumerable());
    }

    [Fact]
    public async Task Append_FromManyTasksAtTheSameHead_OneWins()
    {
        var token = (await OpenAsync(Key)).Token;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => log.AppendAsync(Key, token, 0, [Entry(1, json: $"{i}")]))));

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
                Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(key, token, seq, [Entry(seq + 1, json: $"{key}"), Entry(seq + 2, json: $"{key}")]));
                if (seq % 10 == 0) Assert.Equal(AppendOutcome.HeadMoved, await log.AppendAsync(key, token, seq, Entries(seq, 1)));
                Assert.Equal(seq + 2, (await log.ReadAsync(key, seq, NoLimits)).Entries[^1].Event.Seq);
            }
        })));

        foreach (var key in keys)
        {
            var page = await log.ReadAsync(key, 0, NoLimits);
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
                var outcome = await log.AppendAsync(Key, opening.Token, opening.Header.Head, [Entry(opening.Header.Head + 1)]);
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

        var page = await log.ReadAsync(Key, 1, new(2, int.MaxValue));

        Assert.Equal([2, 3], page.Entries.Select(entry => entry.Event.Seq));
        Assert.Equal(5, page.Head);
    }

    [Fact]
    public async Task Read_MaxBytes_StopsBeforeTheLimitButGivesAtLeastOne()
    {
        var token = (await OpenAsync(Key)).Token;
        await log.AppendAsync(Key, token, 0, [.. Enumerable.Range(1, 5).Select(i => Entry(i, json: new string('x', 100)))]);

        Assert.Equal(2, (await log.ReadAsync(Key, 0, new(int.MaxValue, 250))).Entries.Length);
        Assert.Equal([3], (await log.ReadAsync(Key, 2, new(int.MaxValue, 1))).Entries.Select(entry => entry.Event.Seq));
    }

    [Fact]
    public async Task Read_AtOrBeyondTheHead_IsEmpty()
    {
        var opening = await OpenAsync(Key);
        await AppendAsync(Key, opening.Token, 0, 2);

        foreach (var after in (long[])[2, 3, long.MaxValue])
        {
            var page = await log.ReadAsync(Key, after, NoLimits);
            Assert.Empty(page.Entries);
            Assert.Equal((opening.Header.Epoch, 2, 1), (page.Epoch, page.Head, page.First));
        }
    }

    [Fact]
    public async Task Read_UnknownSession_IsEmptyWithoutEpoch()
    {
        var page = await log.ReadAsync(Key, 0, NoLimits);

        Assert.Empty(page.Entries);
        Assert.Equal(("", 0, 1), (page.Epoch, page.Head, page.First));
    }

    [Fact]
    public async Task GetHeads_SomeKnown_GivesThose()
    {
        var other = Key with { Session = "s2" };
        var opening = await OpenAsync(Key);
        await OpenAsync(other);
        await AppendAsync(Key, opening.Token, 0, 4);

        var heads = await log.GetHeadsAsync([Key, other, Key with { Session = "none" }, Key]);

        Assert.Equal(2, heads.Count);
        Assert.Equal(new LogHead(opening.Header.Epoch, 4), heads[Key]);
        Assert.Equal(0, heads[other].Seq);
        Assert.Empty(await log.GetHeadsAsync([]));
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

        Assert.True(await log.TrimAsync(Key, token, upTo));
        Assert.True(await log.TrimAsync(Key, token, upTo / 2));

        var page = await log.ReadAsync(Key, 0, NoLimits);
        Assert.Equal((first, 1_000), (page.First, page.Head));
        Assert.Equal(1_001 - first, page.Entries.Length);
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, token, 1_000, Entries(1_000, 1)));
        Assert.Equal(1_001, (await log.ReadAsync(Key, 1_000, NoLimits)).Entries[0].Event.Seq);
    }

    [Fact]
    public async Task Trim_VoidToken_ChangesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 3);
        await OpenAsync(Key);

        Assert.False(await log.TrimAsync(Key, old, 2));
        Assert.False(await log.TrimAsync(Key with { Session = "none" }, old, 2));
        await AssertSeqsAsync(Key, [1, 2, 3]);
    }

    [Fact]
    public async Task Erase_SomeEntries_LeavesOthersInTheirPlaceAndNoTrace()
    {
        var keys = Enumerable.Range(0, 5).Select(i => new SessionKey("acme", $"s{i}")).ToArray();
        var tokens = await Task.WhenAll(keys.Select(async key => (await OpenAsync(key)).Token));
        for (var seq = 1; seq <= 200; seq++)
        {
            // In turn, and of every size, so that a store that keeps them in pages has to move them about.
            for (var i = 0; i < keys.Length; i++)
            {
                await log.AppendAsync(keys[i], tokens[i], seq - 1, [Entry(seq, "message.delta", "m1", $"SECRET{new string('x', seq * (i + 1) * 5)}", "SECRET")]);
            }
        }

        Assert.True(await store.HoldsAsync("SECRET"));
        for (var i = 0; i < keys.Length; i++) Assert.True(await log.EraseAsync(keys[i], tokens[i], [.. Enumerable.Range(1, 200).Select(seq => Entry(seq, "message.delta", "m1", "gone", "own"))]));

        Assert.False(await store.HoldsAsync("SECRET"));
        var page = await log.ReadAsync(keys[1], 0, NoLimits);
        Assert.Equal(Enumerable.Range(1, 200).Select(seq => ((long)seq, "message.delta", (string?)"m1", "gone", "own")), page.Entries.Select(Describe));
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(keys[1], tokens[1], 200, Entries(200, 1)));
    }

    [Fact]
    public async Task Erase_TrimmedOrOtherEntries_BringsNoneBack()
    {
        var token = (await OpenAsync(Key)).Token;
        await log.AppendAsync(Key, token, 0, [Entry(1, json: "SECRET"), Entry(2), Entry(3)]);
        await log.TrimAsync(Key, token, 1);

        Assert.True(await log.EraseAsync(Key, token, [Entry(1, json: "a"), Entry(3, type: "message.delta", json: "b"), Entry(4, json: "c")]));
        Assert.True(await log.EraseAsync(Key, token, []));

        Assert.False(await store.HoldsAsync("SECRET"));
        Assert.Equal(["{}", "{}"], (await log.ReadAsync(Key, 0, NoLimits)).Entries.Select(entry => Text(entry.Event.Json)));
    }

    [Fact]
    public async Task Replace_SomeEntries_LeavesOthersInTheirPlaceAndGivesRoomBack()
    {
        var token = (await OpenAsync(Key)).Token;
        await log.AppendAsync(Key, token, 0, [.. Enumerable.Range(1, 3).Select(seq => Entry(seq, "tool.output", "x1", new string('x', 10_000), "own"))]);
        var before = await log.GetStoredBytesAsync(Key.Tenant, "ann");

        Assert.True(await log.ReplaceAsync(Key, token, [Entry(2, "tool.output", "x1", "gone", "own")]));
        Assert.False(await log.ReplaceAsync(Key, "void", [Entry(3, "tool.output", "x1", "gone", "own")]));

        var page = await log.ReadAsync(Key, 0, NoLimits);
        Assert.Equal([10_000, 4, 10_000], page.Entries.Select(e => e.Event.Json.Length));
        Assert.Equal([1L, 2, 3], page.Entries.Select(e => e.Event.Seq));
        Assert.Equal(before.Owner - 9_996, (await log.GetStoredBytesAsync(Key.Tenant, "ann")).Owner);
    }

    [Fact]
    public async Task Erase_VoidToken_ChangesNothing()
    {
        var old = (await OpenAsync(Key)).Token;
        await AppendAsync(Key, old, 0, 1);
        await OpenAsync(Key);

        Assert.False(await log.EraseAsync(Key, old, [Entry(1, json: "b")]));
        Assert.False(await log.EraseAsync(Key with { Session = "none" }, old, [Entry(1, json: "b")]));
        Assert.Equal("{}", Text((await log.ReadAsync(Key, 0, NoLimits)).Entries[0].Event.Json));
    }

    [Fact]
    public async Task Delete_Session_LeavesNoTraceOfIt()
    {
        var other = Key with { Session = "s2" };
        var (token, others) = ((await OpenAsync(Key)).Token, (await OpenAsync(other)).Token);
        for (var seq = 1; seq <= 300; seq++)
        {
            await log.AppendAsync(Key, token, seq - 1, [Entry(seq, json: $"SECRET{new string('x', seq * 10)}", own: "SECRET")]);
            await log.AppendAsync(other, others, seq - 1, [Entry(seq, json: new string('y', seq * 7))]);
        }

        await log.DeleteAsync(Key);

        Assert.False(await store.HoldsAsync("SECRET"));
        Assert.Equal(300, (await SeqsAsync(other)).Count());
    }

    [Fact]
    public async Task Renew_ValidToken_BeginsANewEpochWithTheSameEntries()
    {
        var old = await OpenAsync(Key);
        await log.AppendAsync(Key, old.Token, 0, Entries(0, 3), new(["bob"]));

        var renewed = await log.RenewAsync(Key, old.Token);

        Assert.NotNull(renewed);
        Assert.NotEqual(old.Header.Epoch, renewed.Header.Epoch);
        Assert.Equal((3, 1, "ann"), (renewed.Header.Head, renewed.Header.First, renewed.Header.Owner));
        Assert.Equal(["bob"], renewed.Header.Members.AsEnumerable());
        Assert.Equal(AppendOutcome.TokenVoid, await log.AppendAsync(Key, old.Token, 3, Entries(3, 1)));
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, renewed.Token, 3, Entries(3, 1)));
        await AssertSeqsAsync(Key, [1, 2, 3, 4]);
    }

    [Fact]
    public async Task ListOpenWork_HeaderChanges_NamesSessionsAtWork()
    {
        var token = (await OpenAsync(Key)).Token;
        var other = Key with { Session = "s2" };
        await OpenAsync(other);

        await log.AppendAsync(Key, token, 0, Entries(0, 1), new(OpenWork: true));
        await log.AppendAsync(Key, token, 1, Entries(1, 1));
        Assert.Equal([Key], (await log.ListOpenWorkAsync()).AsEnumerable());

        await log.AppendAsync(Key, token, 2, Entries(2, 1), new(OpenWork: false));
        Assert.Empty(await log.ListOpenWorkAsync());
    }

    [Fact]
    public async Task Renew_VoidToken_ChangesNothing()
    {
        var old = await OpenAsync(Key);
        await AppendAsync(Key, old.Token, 0, 1);
        await OpenAsync(Key);

        Assert.Null(await log.RenewAsync(Key, old.Token));
        Assert.Null(await log.RenewAsync(Key with { Session = "none" }, old.Token));
        Assert.Equal(old.Header.Epoch, (await log.GetHeaderAsync(Key))!.Epoch);
        await AssertSeqsAsync(Key, [1]);
    }

    [Fact]
    public async Task Delete_KnownSession_RemovesAllOfItAndNothingElse()
    {
        var other = Key with { Session = "s2" };
        var old = await OpenAsync(Key);
        await AppendAsync(Key, old.Token, 0, 700);
        await AppendAsync(other, (await OpenAsync(other)).Token, 0, 2);

        await log.DeleteAsync(Key);
        await log.DeleteAsync(Key);

        Assert.Null(await log.GetHeaderAsync(Key));
        Assert.Equal(AppendOutcome.TokenVoid, await log.AppendAsync(Key, old.Token, 700, Entries(700, 1)));
        await AssertSeqsAsync(other, [1, 2]);

        var again = await OpenAsync(Key);
        Assert.NotEqual(old.Header.Epoch, again.Header.Epoch);
        await AssertSeqsAsync(Key, []);
    }

    [Fact]
    public async Task List_Subject_GivesOwnedAndSharedNewestFirst()
    {
        await AddAsync("a", "ann");
        await AddAsync("b", "bob", "ann");
        await AddAsync("c", "bob", "annabel");
        await AddAsync("d", "ann");
        await AddAsync("e", "ann", tenant: "other");
        await AddAsync("a", "ann");

        Assert.Equal(["a", "d", "b"], (await log.ListAsync("acme", "ann", 10)).Select(session => session.Session));
        Assert.Equal(["a", "d"], (await log.ListAsync("acme", "ann", 2)).Select(session => session.Session));
        Assert.Equal(["a", "d", "c", "b"], (await log.ListAsync("acme", null, 10)).Select(session => session.Session));
        Assert.Empty(await log.ListAsync("acme", "eve", 10));
        Assert.Equal(new SessionSummary("a", "ann", 2, store.Time.GetUtcNow()), (await log.ListAsync("acme", null, 1))[0]);
    }

    [Fact]
    public async Task List_Labels_AreTheLastThatAnAppendGave()
    {
        var opening = await OpenAsync(Key);
        Assert.Null(Assert.Single(await log.ListAsync("acme", null, 10)).Label);
        await log.AppendAsync(Key, opening.Token, 0, Entries(0, 1), new(Label: new("Notes", SessionActivity.Waiting)));
        await log.AppendAsync(Key, opening.Token, 1, Entries(1, 1), new(OpenWork: true));
        Assert.Equal(new SessionLabel("Notes", SessionActivity.Waiting), Assert.Single(await log.ListAsync("acme", null, 10)).Label);

        await log.AppendAsync(Key, opening.Token, 2, Entries(2, 1), new(Label: new(null, SessionActivity.Idle)));

        Assert.Equal(new SessionLabel(null, SessionActivity.Idle), Assert.Single(await log.ListAsync("acme", null, 10)).Label);
    }

    [Fact]
    public async Task List_AfterAPlace_GoesOnBehindItWhateverHasMovedMeanwhile()
    {
        foreach (var name in (string[])["a", "b", "c", "d"]) await AddAsync(name, "ann");
        var first = await log.ListAsync("acme", "ann", 2);
        await AddAsync("c", "ann");

        Assert.Equal(["d", "c"], first.Select(session => session.Session));
        foreach (var subject in (string?[])["ann", null])
        {
            Assert.Equal(["b", "a"], (await log.ListAsync("acme", subject, 10, new(first[1].UpdatedAt, first[1].Session))).Select(session => session.Session));
        }
    }

    [Fact]
    public async Task List_MembersThatChanged_CountFromThenOn()
    {
        var opening = await OpenAsync(Key);
        await log.AppendAsync(Key, opening.Token, 0, [], new(Members: ["bob", "eve"]));
        Assert.Single(await log.ListAsync("acme", "bob", 10));

        await log.AppendAsync(Key, opening.Token, 0, [], new(Members: ["eve"]));
        Assert.Empty(await log.ListAsync("acme", "bob", 10));
        Assert.Single(await log.ListAsync("acme", "eve", 10));

        await log.DeleteAsync(Key);
        Assert.Empty(await log.ListAsync("acme", "eve", 10));
    }

    [Fact]
    public async Task ListIdle_Prefix_GivesThoseOfAllTenantsInWhichNothingHappens()
    {
        await AddAsync("job_a", "ann");
        await AddAsync("job_b", "bob", tenant: "other");
        await AddAsync("jobs", "ann");
        var open = await OpenAsync(new("acme", "job_open"));
        await log.AppendAsync(new("acme", "job_open"), open.Token, 0, [], new(OpenWork: true));
        var since = store.Time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        store.Time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync("job_c", "ann");

        Assert.Equal([new("acme", "job_a"), new("other", "job_b")], (await log.ListIdleAsync("job_", since, 10)).OrderBy(key => key.ToString(), StringComparer.Ordinal));
        Assert.Single(await log.ListIdleAsync("job_", since, 1));
        Assert.Empty(await log.ListIdleAsync("job_", since - TimeSpan.FromDays(1), 10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reopen_AfterCloseOrCrash_HasAllThatWasCommitted(bool crash)
    {
        var opening = await OpenAsync(Key);
        await log.AppendAsync(Key, opening.Token, 0, Entries(0, 100), new(["bob"]));
        await log.TrimAsync(Key, opening.Token, 10);
        await AppendAsync(Key, opening.Token, 100, 1);

        await (crash ? store.CrashAsync() : store.CloseAsync());
        log = await store.OpenAsync();

        var header = (await log.GetHeaderAsync(Key))!;
        Assert.Equal((opening.Header.Epoch, 101, 11, "ann"), (header.Epoch, header.Head, header.First, header.Owner));
        Assert.Equal(["bob"], header.Members.AsEnumerable());
        await AssertSeqsAsync(Key, Enumerable.Range(11, 91).Select(i => (long)i));
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, (await OpenAsync(Key)).Token, 101, Entries(101, 1)));
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
            while (!Volatile.Read(ref stop) && await log.AppendAsync(key, token, committed[i], Entries(committed[i], 3)) == AppendOutcome.Committed)
            {
                if (Interlocked.Add(ref committed[i], 3) == 60) halfway.TrySetResult();
            }
        })).ToArray();
        await halfway.Task;

        var before = committed.Select((_, i) => Interlocked.Read(ref committed[i])).ToArray();
        await store.CrashAsync();
        Volatile.Write(ref stop, true);
        foreach (var writer in writers) await Record.ExceptionAsync(() => writer);
        log = await store.OpenAsync();

        for (var i = 0; i < keys.Length; i++)
        {
            var seqs = (await SeqsAsync(keys[i])).ToArray();
            Assert.Equal(Enumerable.Range(1, seqs.Length).Select(seq => (long)seq), seqs);
            Assert.True(seqs.Length >= before[i]);
            Assert.Equal(0, seqs.Length % 3);
        }
    }

    [Fact]
    public async Task GetStoredBytes_WhateverIsWrittenOrTakenAway_IsTheSumOfWhatIsThere()
    {
        var (mine, other, foreign) = (Key, new SessionKey("acme", "s2"), new SessionKey("else", "s1"));
        var token = (await OpenAsync(mine)).Token;
        await log.AppendAsync(mine, token, 0, [Entry(1, json: "12345", own: "123"), Entry(2, json: "1234")]);
        Assert.Equal(new StoredBytes(12, 12), await log.GetStoredBytesAsync("acme", "ann"));
        await log.AppendAsync(other, (await log.OpenAsync(other, "bob"))!.Token, 0, [Entry(1, json: "1234567")]);
        await log.AppendAsync(foreign, (await log.OpenAsync(foreign, "ann"))!.Token, 0, [Entry(1, json: "1")]);
        await log.AppendAsync(mine, token, 2, [Entry(3, json: "12")]);
        Assert.Equal(new StoredBytes(14, 21), await log.GetStoredBytesAsync("acme", "ann"));
        Assert.Equal(new StoredBytes(7, 21), await log.GetStoredBytesAsync("acme", "bob"));
        Assert.Equal(new StoredBytes(1, 1), await log.GetStoredBytesAsync("else", "ann"));
        Assert.Equal(new StoredBytes(0, 0), await log.GetStoredBytesAsync("nobody", "ann"));

        await log.AppendAsync(mine, "void", 3, [Entry(4, json: "1234567890")]);
        await log.TrimAsync(mine, token, 1);
        Assert.Equal(new StoredBytes(6, 13), await log.GetStoredBytesAsync("acme", "ann"));
        await log.EraseAsync(mine, token, [Entry(1, json: "1234567890"), Entry(2, json: "1"), Entry(3, type: "other", json: "")]);
        Assert.Equal(new StoredBytes(3, 10), await log.GetStoredBytesAsync("acme", "ann"));
        await log.DeleteAsync(other);
        Assert.Equal(new StoredBytes(3, 3), await log.GetStoredBytesAsync("acme", "ann"));
        await log.DeleteAsync(mine);
        Assert.Equal(new StoredBytes(0, 0), await log.GetStoredBytesAsync("acme", "ann"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetStoredBytes_AfterCloseOrCrash_IsWhatWasCommitted(bool crash)
    {
        var token = (await OpenAsync(Key)).Token;
        await log.AppendAsync(Key, token, 0, [Entry(1, json: "12345", own: "123"), Entry(2, json: "1234")]);

        await (crash ? store.CrashAsync() : store.CloseAsync());
        log = await store.OpenAsync();
        var asked = log.GetStoredBytesAsync("acme", "ann"); // beside the append: counted once, whichever comes first
        await log.AppendAsync(Key, (await OpenAsync(Key)).Token, 2, [Entry(3, json: "12")]);

        Assert.Contains((await asked).Owner, (long[])[12, 14]);
        Assert.Equal(new StoredBytes(14, 14), await log.GetStoredBytesAsync("acme", "ann"));
    }

    private async Task<LogOpening> OpenAsync(SessionKey key) => (await log.OpenAsync(key, "ann"))!;

    private async Task AppendAsync(SessionKey key, string token, long head, int count) =>
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(key, token, head, Entries(head, count)));

    private async Task AssertSeqsAsync(SessionKey key, IEnumerable<long> expected) => Assert.Equal(expected, await SeqsAsync(key));

    private async Task<IEnumerable<long>> SeqsAsync(SessionKey key) => (await log.ReadAsync(key, 0, NoLimits)).Entries.Select(entry => entry.Event.Seq).ToArray();

    private async Task AddAsync(string session, string owner, string? member = null, string tenant = "acme")
    {
        store.Time.Advance(TimeSpan.FromSeconds(1));
        var key = new SessionKey(tenant, session);
        var opening = (await log.OpenAsync(key, owner))!;
        await log.AppendAsync(key, opening.Token, opening.Header.Head, Entries(opening.Header.Head, 1), member is null ? null : new([member]));
    }

    private static ImmutableArray<LogEntry> Entries(long head, int count) => [.. Enumerable.Range(1, count).Select(i => Entry(head + i))];

    private static LogEntry Entry(long seq, string type = "tool.output", string? target = "e1", string json = "{}", string own = "") =>
        new(new(seq, type, target, Encoding.UTF8.GetBytes(json)), Encoding.UTF8.GetBytes(own));

    private static (long, string, string?, string, string) Describe(LogEntry entry) =>
        (entry.Event.Seq, entry.Event.Type, entry.Event.Target, Text(entry.Event.Json), Text(entry.Private));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
