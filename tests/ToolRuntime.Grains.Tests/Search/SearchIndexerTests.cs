using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Grains.Tests.Search;

/// <summary>The indexer over a real log and a real index, driven by hand.</summary>
public sealed class SearchIndexerTests : IDisposable
{
    private static readonly SessionKey Key = new("acme", "s1");
    private static readonly SessionKey Other = new("acme", "s0");
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("indexer-");
    private readonly SqliteSessionLog log;
    private Parts parts;
    private string token = "";
    private long head;

    public SearchIndexerTests()
    {
        log = new(Options.Create(new SqliteSessionLogOptions { Path = folder.FullName }), TimeProvider.System, new(), NullLogger<SqliteSessionLog>.Instance);
        parts = Open();
    }

    [Fact]
    public async Task Drain_Output_IsFoundByLineWhereverItWasCut()
    {
        await BeginAsync();
        await AppendAsync(Print(0, "first li"));
        parts.Indexer.Drain(default);
        Assert.Empty(await FindAsync("first"));
        await AppendAsync(Print(8, "ne\nsecond line\nthird"));
        parts.Indexer.Drain(default);

        Assert.Equal(1, Assert.Single(await FindAsync("\"first line\"")).Document.Line);
        Assert.Empty(await FindAsync("third"));
        await AppendAsync(new ToolFailed(new ToolError("exit_code", "It ended with 3.", false), 5, ToolMetrics.None) { ExecutionId = "e1" });
        parts.Indexer.Drain(default);

        var third = Assert.Single(await FindAsync("third"));
        Assert.Equal((3, "shell", "ann"), (third.Document.Line, third.Document.Tool, third.Document.User));
        Assert.Single(await FindAsync("\"ended with 3\""));
    }

    [Fact]
    public async Task Restart_InTheMiddle_GoesOnWhereItWas()
    {
        await BeginAsync();
        await AppendAsync(Print(0, "one half "));
        parts.Indexer.Drain(default);
        Reopen();
        await AppendAsync(Print(9, "other half\n"));
        parts.Indexer.Drain(default);

        Assert.Single(await FindAsync("\"one half other half\""));
    }

    [Fact]
    public async Task Compare_AfterACrash_FindsWhatWasNotTold()
    {
        await BeginAsync();
        await AppendAsync(Print(0, "indexed\n"));
        parts.Indexer.Drain(default);
        Reopen();
        await AppendAsync(log, Print(8, "untold\n")); // as by a process that died before its indexer had come to it
        parts.Indexer.Drain(default);
        Assert.Empty(await FindAsync("untold"));

        await parts.Comparison.RunAsync(default);
        parts.Indexer.Drain(default);

        Assert.Single(await FindAsync("untold"));
    }

    [Fact]
    public async Task Compare_IndexThrownAway_MakesTheSameAgain()
    {
        await BeginAsync();
        for (var i = 0; i < 50; i++)
        {
            await AppendAsync(Print(i * 10, $"line {i:D4}\n"));
            if (i % 7 == 0) parts.Indexer.Drain(default);
        }

        parts.Indexer.Drain(default);
        var before = await LinesAsync();
        parts.Index.Dispose();
        foreach (var file in folder.EnumerateFiles("search.db*")) file.Delete();
        parts = Open();
        Assert.Empty(await FindAsync("line"));
        await parts.Comparison.RunAsync(default);
        parts.Indexer.Drain(default);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"line {i:D4}"), before);
        Assert.Equal(before, await LinesAsync());
    }

    [Fact]
    public async Task Compare_SessionThatIsGone_IsForgotten()
    {
        await BeginAsync();
        parts.Indexer.Drain(default);
        Assert.NotEmpty(await FindAsync("echo"));
        await log.DeleteAsync(Key); // past the index, as before a crash

        await parts.Comparison.RunAsync(default);

        Assert.Empty(await FindAsync("echo"));
        Assert.Equal(SearchPlace.None, await parts.Index.FindAsync(Key));
    }

    [Fact]
    public async Task Replace_OutputThatIsCleared_LeavesTheIndex()
    {
        await BeginAsync();
        await AppendAsync(Print(0, "to be cleared\n"));
        await AppendAsync(Print(14, "to be kept\n"));
        parts.Indexer.Drain(default);
        var cleared = new ToolOutput(OutputStream.Stdout, 0, Dropped: 14) { ExecutionId = "e1", Attempt = 1, Seq = 3, At = Noon };

        Assert.True(await parts.Log.ReplaceAsync(Key, token, SessionEncoding.Encode([(cleared, null)])));

        Assert.Empty(await FindAsync("cleared"));
    }

    [Fact]
    public async Task Write_OfWhatWasErasedMeanwhile_IsReadAgain()
    {
        await BeginAsync();
        var read = SearchReading.Of(Key, "ann", await parts.Index.FindAsync(Key), await log.ReadAsync(Key, 0, new(100, 1 << 20)), false, new());
        await parts.Log.TrimAsync(Key, token, 1);

        Assert.Equal([Key], (await parts.Index.WriteAsync([read])).AsEnumerable());
        parts.Indexer.Drain(default);

        Assert.Empty(await FindAsync("greeting"));
        Assert.NotEmpty(await FindAsync("echo"));
    }

    [Fact]
    public async Task Drain_SessionThatTheIndexRefuses_KeepsNoOtherFromBeingFound()
    {
        var refusing = new RefusingIndex(parts.Index, Other);
        var indexer = new SearchIndexer(parts.Log, refusing, parts.News, parts.Comparison, Options.Create(new SessionSearchOptions()), NullLogger<SearchIndexer>.Instance);
        var opening = (await log.OpenAsync(Other, "ann"))!;
        var entries = SessionEncoding.Encode([(new MessageCreated("user", "unheard", "ann") { MessageId = "m1", Seq = 1, At = Noon }, null)]);
        await parts.Log.AppendAsync(Other, opening.Token, 0, entries);
        await BeginAsync();

        indexer.Drain(default);

        Assert.NotEmpty(await FindAsync("greeting"));
        Assert.Empty(await FindAsync("unheard"));
        Assert.Equal(TimeSpan.Zero, parts.News.Lag);
    }

    [Fact]
    public async Task Drain_SessionWithoutALog_LeavesTheIndex()
    {
        await BeginAsync();
        parts.Indexer.Drain(default);
        Assert.NotEmpty(await FindAsync("greeting"));
        await log.DeleteAsync(Key); // as if the index had been written once more by what was read before

        parts.News.Tell(Key);
        parts.Indexer.Drain(default);

        Assert.Empty(await FindAsync("greeting"));
        Assert.Equal(SearchPlace.None, await parts.Index.FindAsync(Key));
    }

    [Fact]
    public async Task Reset_InTheLogAlone_TakesWhatWasBefore()
    {
        await BeginAsync();
        parts.Indexer.Drain(default);
        await AppendAsync(new SessionReset("ann"));
        parts.Indexer.Drain(default);

        Assert.Empty(await FindAsync("greeting"));
        Assert.Empty(await FindAsync("echo"));
    }

    [Fact]
    public async Task Delete_OfAMessage_TakesItsCallsToo()
    {
        await BeginAsync("m1");
        await AppendAsync(Print(0, "its output\n") with { MessageId = "m1" });
        parts.Indexer.Drain(default);
        Assert.NotEmpty(await FindAsync("output"));
        await AppendAsync(new MessageDeleted("ann") { MessageId = "m1" });
        parts.Indexer.Drain(default);

        Assert.Empty(await FindAsync("output"));
        Assert.Empty(await FindAsync("echo"));
        Assert.Empty(await FindAsync("greeting"));
    }

    [Fact]
    public async Task Lag_GrowsWithWhatWaits()
    {
        await BeginAsync();
        Assert.Equal(TimeSpan.Zero, parts.News.Lag);
        parts.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), parts.News.Lag);

        parts.Indexer.Drain(default);

        Assert.Equal(TimeSpan.Zero, parts.News.Lag);
    }

    [Theory]
    [InlineData("\u001b[1;31merror\u001b[0m: x", "error: x")]
    [InlineData("\u001b]0;title\u0007prompt\u001b]8;;http://a\u001b\\link", "promptlink")]
    [InlineData("10 %\r20 %\r\nend", "10 % 20 %\nend")]
    [InlineData("\u001b[", "")]
    [InlineData("\u001b]never ended\nnext", "\nnext")]
    [InlineData("\u001b\ud83d\ude00ok", "ok")]
    [InlineData("\u001b(\ud83d\ude00ok", "ok")]
    public void PlainText_OfATerminal_IsWhatOneReads(string text, string plain) => Assert.Equal(plain, PlainText.Of(text));

    [Fact]
    public void PlainText_OfHalfACharacter_IsNone() => Assert.Equal("a\ufffdb", PlainText.Of("a\ude00b"));

    [Fact]
    public void JsonWords_Arguments_AreTheirTexts() =>
        Assert.Equal("ls -l\n3\na", JsonWords.Of(new("""{"command":"ls -l","n":3,"flag":true,"list":["a",null]}"""), 100));

    public void Dispose()
    {
        parts.Index.Dispose();
        log.Dispose();
        folder.Delete(recursive: true);
    }

    private static ToolOutput Print(long offset, string text) => new(OutputStream.Stdout, offset, text) { ExecutionId = "e1", BatchId = "b1", Attempt = 1 };

    /// <summary>A message, and a batch of one shell.</summary>
    private async Task BeginAsync(string? message = null)
    {
        var opening = (await log.OpenAsync(Key, "ann"))!;
        token = opening.Token;
        await AppendAsync(new MessageCreated("user", "a greeting", "ann") { MessageId = "m1" });
        var call = new PlannedTool("e1", "c1", 0, "shell", "", new("""{"command":"echo it"}"""), 0);
        await AppendAsync(parts.Log, new BatchStarted(1, Noon, 1, [call]) { BatchId = "b1", MessageId = message }, new() { Command = new("c", "ann", "", JsonText.EmptyObject) });
    }

    private Task AppendAsync(SessionEvent happened) => AppendAsync(parts.Log, happened);

    private async Task AppendAsync(ISessionLog to, SessionEvent happened, EntryNote? note = null)
    {
        var entries = SessionEncoding.Encode([(happened with { Seq = head + 1, At = Noon.AddSeconds(head) }, note)]);
        Assert.Equal(AppendOutcome.Committed, await to.AppendAsync(Key, token, head, entries));
        head++;
    }

    private async Task<ImmutableArray<SearchHit>> FindAsync(string query) =>
        (await parts.Index.SearchAsync(new(new("acme", "ann", []), SearchQuery.Read(query, out _)!, 50))).Hits;

    private async Task<IEnumerable<string>> LinesAsync() => (await FindAsync("line")).Where(hit => hit.Document.Kind == SearchKind.Output).OrderBy(hit => hit.Document.Line)
        .SelectMany(hit => hit.Document.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private void Reopen()
    {
        parts.Index.Dispose();
        parts = Open();
    }

    private Parts Open()
    {
        var clock = new FakeTimeProvider(Noon);
        var index = new SqliteSearchIndex(Options.Create(new SqliteSearchOptions { Path = Path.Combine(folder.FullName, "search.db") }));
        var news = new SearchNews(clock, new Meters());
        var searched = new SearchedSessionLog(log, index, news);
        var options = Options.Create(new SessionSearchOptions());
        var comparison = new SearchComparison(searched, index, news, new(_ => true), options, TimeProvider.System);
        return new(index, news, searched, comparison, new(searched, index, news, comparison, options, NullLogger<SearchIndexer>.Instance), clock);
    }

    private sealed record Parts(SqliteSearchIndex Index, SearchNews News, SearchedSessionLog Log, SearchComparison Comparison, SearchIndexer Indexer, FakeTimeProvider Clock);

    /// <summary>Takes nothing of one session.</summary>
    private sealed class RefusingIndex(ISearchIndex index, SessionKey refused) : ISearchIndex
    {
        public Task<SearchPlace> FindAsync(SessionKey session, CancellationToken cancellationToken = default) => index.FindAsync(session, cancellationToken);

        public Task<ImmutableArray<(SessionKey Session, SearchPlace Place)>> ListAsync(SessionKey? after, int limit, CancellationToken cancellationToken = default) =>
            index.ListAsync(after, limit, cancellationToken);

        public async Task<ImmutableArray<SessionKey>> WriteAsync(IReadOnlyList<SearchUpdate> updates, CancellationToken cancellationToken = default)
        {
            var before = updates.TakeWhile(update => update.Session != refused).ToList();
            var written = await index.WriteAsync(before, cancellationToken);
            return before.Count == updates.Count ? written : throw new InvalidDataException("refused");
        }

        public Task RemoveAsync(SessionKey session, ImmutableArray<SearchRemoval> removals, CancellationToken cancellationToken = default) => index.RemoveAsync(session, removals, cancellationToken);

        public Task ForgetAsync(SessionKey session, CancellationToken cancellationToken = default) => index.ForgetAsync(session, cancellationToken);

        public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) => index.SearchAsync(request, cancellationToken);
    }

    private sealed class Meters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
