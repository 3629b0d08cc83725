using ToolRuntime.Gateway.Watching;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Tests.Sessions;

public class TenantFeedTests
{
    private readonly TenantFeed feed = new("acme", capacity: 3, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task ReadAfter_OfASessionThatChangedTwice_HasTheLatestOnce()
    {
        var start = feed.Place;
        await feed.TakeAsync(News("a", 1));
        await feed.TakeAsync(News("b", 1));
        await feed.TakeAsync(News("a", 2));

        Assert.Equal(["b1", "a2"], Read(start));
        Assert.Equal(["b1"], Read(start, most: 1));
        Assert.Equal([], Read(feed.Place));
    }

    [Fact]
    public async Task ReadAfter_InSteps_HasAll()
    {
        var place = feed.Place;
        foreach (var id in (string[])["a", "b", "c"]) await feed.TakeAsync(News(id, 1));
        var seen = new List<string>();
        while (feed.ReadAfter(place, 1) is { Changes.Count: > 0 } read)
        {
            seen.Add(read.Changes[0].News.Session);
            place = read.Next;
        }

        Assert.Equal(["a", "b", "c"], seen);
    }

    [Fact]
    public async Task Has_APlaceThatFellOut_IsLost()
    {
        var start = feed.Place;
        foreach (var id in (string[])["a", "b", "c"]) await feed.TakeAsync(News(id, 1));
        Assert.True(feed.Has(start));

        await feed.TakeAsync(News("d", 1));

        Assert.False(feed.Has(start));
        Assert.Null(feed.ReadAfter(start, 10));
        Assert.False(feed.Has(new("other", 1)));
        Assert.False(feed.Has(new(start.Epoch, 99)));
        Assert.Null(feed.Find("a"));
    }

    [Fact]
    public async Task Take_ReadBeforeWhatWasTold_ChangesNothing()
    {
        await feed.TakeAsync(News("a", 11));
        var place = feed.Place;

        await feed.TakeAsync(News("a", 10) with { Members = ["bob"] }, fromStore: true);

        Assert.Equal(11, feed.Find("a")!.Seq);
        Assert.Equal(place, feed.Place);
    }

    [Fact]
    public async Task Take_OfAnotherOwner_IsToldToTheFormerOne()
    {
        var start = feed.Place;
        await feed.TakeAsync(News("a", 5));
        var owner = feed.Find("a")!.Owner;

        await feed.TakeAsync(News("a", 6) with { Owner = "zoe" }, fromStore: true);

        Assert.Equal(2, feed.ReadAfter(start, 10)!.Value.Changes[0].Former[owner]);
    }

    [Fact]
    public async Task Take_OfOneNoLongerAMember_IsRememberedUntilItIsOneAgain()
    {
        var start = feed.Place;
        await feed.TakeAsync(News("a", 1) with { Former = ["mia"] });
        await feed.TakeAsync(News("a", 2));
        Assert.Equal(1, feed.ReadAfter(start, 10)!.Value.Changes[0].Former["mia"]);

        await feed.TakeAsync(News("a", 3) with { Members = ["mia"] });

        Assert.Empty(feed.ReadAfter(start, 10)!.Value.Changes[0].Former);
    }

    private static SessionNews News(string id, long seq) => new(id, "ann", [], seq, DateTimeOffset.UnixEpoch, null, new(SessionWorkState.Idle, 0, 0, 0, []));

    private string[] Read(FeedPlace after, int most = 10) => [.. feed.ReadAfter(after, most)!.Value.Changes.Select(change => $"{change.News.Session}{change.News.Seq}")];
}
