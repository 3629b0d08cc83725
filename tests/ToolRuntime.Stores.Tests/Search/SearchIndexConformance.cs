using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Search;
using ToolRuntime.Views;

namespace ToolRuntime.Stores.Tests.Search;

/// <summary>What every <see cref="ISearchIndex"/> does. At most ten texts are ranked in it.</summary>
public abstract class SearchIndexConformance : IAsyncLifetime
{
    protected static readonly SessionKey One = new("acme", "one");
    protected static readonly SessionKey Two = new("acme", "two");
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    protected ISearchIndex Index { get; private set; } = null!;

    public async Task InitializeAsync() => Index = await OpenAsync();

    public abstract Task DisposeAsync();

    [Theory]
    [InlineData("connection", 2)]
    [InlineData("CONNECTION refused", 1)]
    [InlineData("refused connection", 1)]
    [InlineData("\"connection refused\"", 1)]
    [InlineData("\"refused connection\"", 0)]
    [InlineData("conn*", 2)]
    [InlineData("conn", 0)]
    [InlineData("\"connection ref\"*", 1)]
    [InlineData("src/app/main.ts", 1)]
    [InlineData("app/main", 1)]
    [InlineData("src/main", 0)]
    [InlineData("max_parallel_runs", 1)]
    [InlineData("parallel", 1)]
    [InlineData("uber", 1)]
    [InlineData("Übertragung*", 1)]
    [InlineData("検索", 1)]
    [InlineData("索検", 0)]
    [InlineData("tenant' OR 1=1", 0)]
    [InlineData("AND", 0)]
    [InlineData("NEAR(connection", 0)]
    public async Task Search_Words_FindsTheirTexts(string query, int count)
    {
        await WriteAsync(One, Text(1, "connection refused by 10.0.0.7"), Text(2, "connection: open"), Text(3, "at src/app/main.ts:17:3"), Text(4, "set max_parallel_runs=4"), Text(5, "Über die Übertragung"), Text(6, "全文検索の結果"));

        Assert.Equal(count, (await FindAsync(query)).Hits.Length);
    }

    [Fact]
    public async Task Search_Few_ComeByRelevance()
    {
        await WriteAsync(
            One, Text(1, "deadlock detected, deadlock resolved"), Text(2, $"deadlock {string.Concat(Enumerable.Repeat("and much besides ", 60))}"), Text(3, "nothing here", SearchKind.Message));

        var found = await FindAsync("deadlock");

        Assert.True(found.Ranked);
        Assert.Equal([1L, 2], found.Hits.Select(hit => hit.Document.First));
    }

    [Fact]
    public async Task Search_Many_ComeNewestFirstAndByPages()
    {
        await WriteAsync(One, [.. Enumerable.Range(1, 25).Select(n => Text(n, $"tick {n}"))]);

        var (first, seen) = (await FindAsync("tick", limit: 10), new List<long>());
        Assert.False(first.Ranked);
        for (var page = first; ; page = await FindAsync("tick", limit: 10, after: page.Next))
        {
            seen.AddRange(page.Hits.Select(hit => hit.Document.First));
            if (page.Next is null) break;
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(n => 26L - n), seen);
    }

    [Fact]
    public async Task Search_Ranked_PagesHaveEachOnce()
    {
        await WriteAsync(One, [.. Enumerable.Range(1, 7).Select(n => Text(n, $"tock {n}"))]);

        var first = await FindAsync("tock", limit: 4);
        var second = await FindAsync("tock", limit: 4, after: first.Next);

        Assert.True(first.Ranked);
        Assert.Null(second.Next);
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7], first.Hits.Concat(second.Hits).Select(hit => hit.Document.First).Order());
    }

    [Fact]
    public async Task Search_Filters_LeaveOutTheRest()
    {
        await WriteAsync(
            One,
            [new("e1", ExecutionStatus.Failed), new("e2", ExecutionStatus.Completed)],
            Text(1, "word said", SearchKind.Message) with { User = "ann" }, Call(2, "e1", "shell"), Call(3, "e2", "shell"), Call(4, "e2", "code") with { Kind = SearchKind.Output, Stream = OutputStream.Stderr, Line = 7 });
        await WriteAsync(Two, Text(1, "word elsewhere"));

        Assert.Equal([2L, 3], await SeqsAsync(request => request with { Tool = "shell" }));
        Assert.Equal([2L], await SeqsAsync(request => request with { State = ExecutionStatus.Failed }));
        Assert.Equal([1L], await SeqsAsync(request => request with { Session = "two" }));
        Assert.Equal([1L], await SeqsAsync(request => request with { User = "ann" }));
        Assert.Equal([1L, 4], await SeqsAsync(request => request with { Kind = SearchKind.Output }));
        Assert.Equal([3L, 4], await SeqsAsync(request => request with { From = Noon.AddSeconds(3), Session = "one" }));
        Assert.Equal([1L, 1, 2], await SeqsAsync(request => request with { To = Noon.AddSeconds(3) }));
        var hit = Assert.Single((await Index.SearchAsync(Request("word", "bob") with { Kind = SearchKind.Output, Session = "one" })).Hits);
        Assert.Equal((OutputStream.Stderr, 7, ExecutionStatus.Completed, "epoch", Noon.AddSeconds(4)), (hit.Document.Stream, hit.Document.Line, hit.State, hit.Epoch, hit.Document.At));
    }

    [Fact]
    public async Task Search_ByASubject_FindsOwnAndSharedOnly()
    {
        await WriteAsync(One, Text(1, "word"));
        await WriteAsync(Two, Text(2, "word"));
        await WriteAsync(new("other", "one"), Text(3, "word"));

        Assert.Equal([1L, 2], await SeqsAsync(request => request with { Access = new("acme", null, []) }));
        Assert.Equal([1L, 2], await SeqsAsync(request => request with { Access = new("acme", "bob", []) }));
        Assert.Empty(await SeqsAsync(request => request with { Access = new("acme", "eve", []) }));
        Assert.Equal([2L], await SeqsAsync(request => request with { Access = new("acme", "eve", ["two"]) }));
        Assert.Equal([3L], await SeqsAsync(request => request with { Access = new("other", null, []) }));
    }

    [Fact]
    public async Task Write_FromAnotherPlace_IsRefusedWhole()
    {
        await WriteAsync(One, Text(1, "first"));
        var place = await Index.FindAsync(One);
        await Index.WriteAsync([Update(One, place, Text(2, "second"))]);

        var refused = await Index.WriteAsync([Update(One, place, Text(3, "third")), Update(Two, SearchPlace.None, Text(4, "fourth"))]);
        Assert.Equal([One], refused.AsEnumerable());

        Assert.Empty((await FindAsync("third")).Hits);
        Assert.Single((await FindAsync("second")).Hits);
        Assert.Single((await FindAsync("fourth")).Hits);
        Assert.Equal([One], (await Index.WriteAsync([Update(One, SearchPlace.None, Text(5, "fifth"))])).AsEnumerable());
    }

    [Fact]
    public async Task Place_IsKeptWithItsNotes()
    {
        Assert.Equal(SearchPlace.None, await Index.FindAsync(One));
        await Index.WriteAsync([new(One, "bob", SearchPlace.None, new("epoch", 9, 0, "notes"), false, [], [], [])]);
        await WriteAsync(Two, Text(1, "word"));

        var place = await Index.FindAsync(One);
        Assert.Equal(("epoch", 9L, "notes"), (place.Epoch, place.Seq, place.Notes));
        var listed = await Index.ListAsync(null, 1);
        Assert.Equal((One, 9L, place.Version), (listed[0].Session, listed[0].Place.Seq, listed[0].Place.Version));
        Assert.Equal([Two], (await Index.ListAsync(One, 5)).Select(known => known.Session));
    }

    [Fact]
    public async Task Remove_OfATarget_TakesItsTextsAndVoidsWhatWasRead()
    {
        await WriteAsync(One, Text(1, "secret one"), Text(2, "secret two") with { Target = "e2", MessageId = "m1" }, Text(3, "secret three") with { Target = "e2" }, Text(9, "secret nine") with { Target = "e2" });
        var read = await Index.FindAsync(One);

        await Index.RemoveAsync(One, [new(2, 5, "e2")]);
        await Index.RemoveAsync(One, [new(2, 5, "e2")]);

        Assert.Equal([1L, 9], (await FindAsync("secret")).Hits.Select(hit => hit.Document.First).Order());
        Assert.Equal([One], (await Index.WriteAsync([Update(One, read, Text(2, "secret again"))])).AsEnumerable());
        Assert.Equal(read.Seq, (await Index.FindAsync(One)).Seq);
    }

    [Fact]
    public async Task Remove_OfASessionNeverRead_VoidsWhatWasRead()
    {
        await Index.RemoveAsync(One, [new(0, 5)]);

        Assert.Equal([One], (await Index.WriteAsync([Update(One, SearchPlace.None, Text(1, "stale"))])).AsEnumerable());
        Assert.Empty((await FindAsync("stale")).Hits);
    }

    [Fact]
    public async Task Write_WithRemovalsOrAfresh_TakesThemOutFirst()
    {
        await WriteAsync(One, Text(1, "old text") with { MessageId = "m1" }, Text(2, "old other"));
        await Index.WriteAsync([Update(One, await Index.FindAsync(One), Text(1, "new text")) with { Removals = [new(0, 9, MessageId: "m1")] }]);
        Assert.Equal([2L], (await FindAsync("old")).Hits.Select(hit => hit.Document.First));
        Assert.Single((await FindAsync("new")).Hits);

        await Index.WriteAsync([Update(One, await Index.FindAsync(One), Text(1, "newest")) with { Afresh = true }]);
        Assert.Empty((await FindAsync("old")).Hits);
        Assert.Empty((await FindAsync("new")).Hits);
        Assert.Single((await FindAsync("newest")).Hits);
    }

    [Fact]
    public async Task Forget_Session_LeavesNothing()
    {
        await WriteAsync(One, Text(1, "gone"));
        await WriteAsync(Two, Text(1, "gone"));
        var read = await Index.FindAsync(One);

        await Index.ForgetAsync(One);
        await Index.ForgetAsync(One);

        Assert.Equal(["two"], (await FindAsync("gone")).Hits.Select(hit => hit.Session));
        Assert.Equal(SearchPlace.None, await Index.FindAsync(One));
        Assert.Equal([One], (await Index.WriteAsync([Update(One, read, Text(1, "gone"))])).AsEnumerable());
    }

    protected abstract Task<ISearchIndex> OpenAsync();

    protected static SearchDocument Text(long seq, string text, SearchKind kind = SearchKind.Output) => new(kind, seq, seq, Noon.AddSeconds(seq), $"t{seq}", text);

    protected async Task WriteAsync(SessionKey session, params SearchDocument[] documents) => await WriteAsync(session, [], documents);

    protected async Task<SearchResult> FindAsync(string query, int limit = 20, SearchCursor? after = null) => await Index.SearchAsync(Request(query, null) with { Limit = limit, After = after });

    private static SearchDocument Call(long seq, string execution, string tool) => Text(seq, "word called", SearchKind.Command) with { ExecutionId = execution, Tool = tool };

    private static SearchRequest Request(string query, string? subject) => new(new("acme", subject, []), SearchQuery.Read(query, out _)!, 20);

    private static SearchUpdate Update(SessionKey session, SearchPlace before, params SearchDocument[] documents) =>
        new(session, "bob", before, new("epoch", documents[^1].Last, 0), false, [], [.. documents], []);

    private async Task WriteAsync(SessionKey session, ImmutableArray<SearchOutcome> outcomes, params SearchDocument[] documents)
    {
        var place = await Index.FindAsync(session);
        Assert.Empty(await Index.WriteAsync([Update(session, place, documents) with { Outcomes = outcomes }]));
    }

    private async Task<IEnumerable<long>> SeqsAsync(Func<SearchRequest, SearchRequest> filter) =>
        (await Index.SearchAsync(filter(Request("word", "bob")))).Hits.Select(hit => hit.Document.First).Order();
}
