using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> has to tell about all its sessions.</summary>
public abstract class SessionLogListConformance : SessionLogSuite
{
    [Fact]
    public async Task GetHeads_SomeKnown_GivesThose()
    {
        var other = Key with { Session = "s2" };
        var opening = await OpenAsync(Key);
        await OpenAsync(other);
        await AppendAsync(Key, opening.Token, 0, 4);

        var heads = await Log.GetHeadsAsync([Key, other, Key with { Session = "none" }, Key]);

        Assert.Equal(2, heads.Count);
        Assert.Equal(new LogHead(opening.Header.Epoch, 4), heads[Key]);
        Assert.Equal(0, heads[other].Seq);
        Assert.Empty(await Log.GetHeadsAsync([]));
    }

    [Fact]
    public async Task ListOpenWork_HeaderChanges_NamesSessionsAtWork()
    {
        var token = (await OpenAsync(Key)).Token;
        var other = Key with { Session = "s2" };
        await OpenAsync(other);

        await Log.AppendAsync(Key, token, 0, Entries(0, 1), new(OpenWork: true));
        await Log.AppendAsync(Key, token, 1, Entries(1, 1));
        Assert.Equal([Key], (await Log.ListOpenWorkAsync()).AsEnumerable());

        await Log.AppendAsync(Key, token, 2, Entries(2, 1), new(OpenWork: false));
        Assert.Empty(await Log.ListOpenWorkAsync());
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

        Assert.Equal(["a", "d", "b"], (await Log.ListAsync("acme", "ann", 10)).Select(session => session.Session));
        Assert.Equal(["a", "d"], (await Log.ListAsync("acme", "ann", 2)).Select(session => session.Session));
        Assert.Equal(["a", "d", "c", "b"], (await Log.ListAsync("acme", null, 10)).Select(session => session.Session));
        Assert.Empty(await Log.ListAsync("acme", "eve", 10));
        Assert.Equal(new SessionSummary("a", "ann", 2, Store.Time.GetUtcNow()), (await Log.ListAsync("acme", null, 1))[0]);
    }

    [Fact]
    public async Task List_Labels_AreTheLastThatAnAppendGave()
    {
        var opening = await OpenAsync(Key);
        Assert.Null(Assert.Single(await Log.ListAsync("acme", null, 10)).Label);
        await Log.AppendAsync(Key, opening.Token, 0, Entries(0, 1), new(Label: new("Notes", SessionActivity.Waiting)));
        await Log.AppendAsync(Key, opening.Token, 1, Entries(1, 1), new(OpenWork: true));
        Assert.Equal(new SessionLabel("Notes", SessionActivity.Waiting), Assert.Single(await Log.ListAsync("acme", null, 10)).Label);

        await Log.AppendAsync(Key, opening.Token, 2, Entries(2, 1), new(Label: new(null, SessionActivity.Idle)));

        Assert.Equal(new SessionLabel(null, SessionActivity.Idle), Assert.Single(await Log.ListAsync("acme", null, 10)).Label);
    }

    [Fact]
    public async Task List_AfterAPlace_GoesOnBehindItWhateverHasMovedMeanwhile()
    {
        foreach (var name in (string[])["a", "b", "c", "d"]) await AddAsync(name, "ann");
        var first = await Log.ListAsync("acme", "ann", 2);
        await AddAsync("c", "ann");

        Assert.Equal(["d", "c"], first.Select(session => session.Session));
        foreach (var subject in (string?[])["ann", null])
        {
            Assert.Equal(["b", "a"], (await Log.ListAsync("acme", subject, 10, new(first[1].UpdatedAt, first[1].Session))).Select(session => session.Session));
        }
    }

    [Fact]
    public async Task List_MembersThatChanged_CountFromThenOn()
    {
        var opening = await OpenAsync(Key);
        await Log.AppendAsync(Key, opening.Token, 0, [], new(Members: ["bob", "eve"]));
        Assert.Single(await Log.ListAsync("acme", "bob", 10));

        await Log.AppendAsync(Key, opening.Token, 0, [], new(Members: ["eve"]));
        Assert.Empty(await Log.ListAsync("acme", "bob", 10));
        Assert.Single(await Log.ListAsync("acme", "eve", 10));

        await Log.DeleteAsync(Key);
        Assert.Empty(await Log.ListAsync("acme", "eve", 10));
    }

    [Fact]
    public async Task ListIdle_Prefix_GivesThoseOfAllTenantsInWhichNothingHappens()
    {
        await AddAsync("job_a", "ann");
        await AddAsync("job_b", "bob", tenant: "other");
        await AddAsync("jobs", "ann");
        var open = await OpenAsync(new("acme", "job_open"));
        await Log.AppendAsync(new("acme", "job_open"), open.Token, 0, [], new(OpenWork: true));
        var since = Store.Time.GetUtcNow() + TimeSpan.FromMilliseconds(1);
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        await AddAsync("job_c", "ann");

        Assert.Equal([new("acme", "job_a"), new("other", "job_b")], (await Log.ListIdleAsync("job_", since, 10)).OrderBy(key => key.ToString(), StringComparer.Ordinal));
        Assert.Single(await Log.ListIdleAsync("job_", since, 1));
        Assert.Empty(await Log.ListIdleAsync("job_", since - TimeSpan.FromDays(1), 10));
    }

    [Fact]
    public async Task GetStoredBytes_WhateverIsWrittenOrTakenAway_IsTheSumOfWhatIsThere()
    {
        var (mine, other, foreign) = (Key, new SessionKey("acme", "s2"), new SessionKey("else", "s1"));
        var token = (await OpenAsync(mine)).Token;
        await Log.AppendAsync(mine, token, 0, [Entry(1, json: "12345", own: "123"), Entry(2, json: "1234")]);
        Assert.Equal(new StoredBytes(12, 12), await Log.GetStoredBytesAsync("acme", "ann"));
        await Log.AppendAsync(other, (await Log.OpenAsync(other, "bob"))!.Token, 0, [Entry(1, json: "1234567")]);
        await Log.AppendAsync(foreign, (await Log.OpenAsync(foreign, "ann"))!.Token, 0, [Entry(1, json: "1")]);
        await Log.AppendAsync(mine, token, 2, [Entry(3, json: "12")]);
        Assert.Equal(new StoredBytes(14, 21), await Log.GetStoredBytesAsync("acme", "ann"));
        Assert.Equal(new StoredBytes(7, 21), await Log.GetStoredBytesAsync("acme", "bob"));
        Assert.Equal(new StoredBytes(1, 1), await Log.GetStoredBytesAsync("else", "ann"));
        Assert.Equal(new StoredBytes(0, 0), await Log.GetStoredBytesAsync("nobody", "ann"));

        await Log.AppendAsync(mine, "void", 3, [Entry(4, json: "1234567890")]);
        await Log.TrimAsync(mine, token, 1);
        Assert.Equal(new StoredBytes(6, 13), await Log.GetStoredBytesAsync("acme", "ann"));
        await Log.EraseAsync(mine, token, [Entry(1, json: "1234567890"), Entry(2, json: "1"), Entry(3, type: "other", json: "")]);
        Assert.Equal(new StoredBytes(3, 10), await Log.GetStoredBytesAsync("acme", "ann"));
        await Log.DeleteAsync(other);
        Assert.Equal(new StoredBytes(3, 3), await Log.GetStoredBytesAsync("acme", "ann"));
        await Log.DeleteAsync(mine);
        Assert.Equal(new StoredBytes(0, 0), await Log.GetStoredBytesAsync("acme", "ann"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetStoredBytes_AfterCloseOrCrash_IsWhatWasCommitted(bool crash)
    {
        var token = (await OpenAsync(Key)).Token;
        await Log.AppendAsync(Key, token, 0, [Entry(1, json: "12345", own: "123"), Entry(2, json: "1234")]);

        await (crash ? Store.CrashAsync() : Store.CloseAsync());
        Log = await Store.OpenAsync();
        var asked = Log.GetStoredBytesAsync("acme", "ann"); // beside the append: counted once, whichever comes first
        await Log.AppendAsync(Key, (await OpenAsync(Key)).Token, 2, [Entry(3, json: "12")]);

        Assert.Contains((await asked).Owner, (long[])[12, 14]);
        Assert.Equal(new StoredBytes(14, 14), await Log.GetStoredBytesAsync("acme", "ann"));
    }
}
