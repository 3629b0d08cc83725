using Microsoft.Extensions.Options;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Search;

/// <summary>The index of a cluster.</summary>
public sealed class PostgresSearchTests : SearchIndexConformance
{
    [Fact]
    public async Task Clear_Index_IsEmptyAndRefusesWhatWasRead()
    {
        await WriteAsync(One, Text(1, "word"));

        await ((PostgresSearchIndex)Index).ClearAsync();

        Assert.Empty((await FindAsync("word")).Hits);
        Assert.Equal(SearchPlace.None, await Index.FindAsync(One));
    }

    [Fact]
    public async Task Search_DatabaseAway_IsToldInWords()
    {
        await using var away = new PostgresSearchIndex(Options.Create(new PostgresSearchOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=u;Password=hidden-word" }));

        var fault = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => away.FindAsync(One));

        Assert.Equal("the search index can't be reached", fault.Reason);
        Assert.DoesNotContain("hidden-word", $"{fault}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TextThatIsRefused_IsNoFaultOfTheStore()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteAsync(One, Text(1, "zero \0 ends")));

        await WriteAsync(One, Text(1, "word"));
        Assert.Single((await FindAsync("word")).Hits);
    }

    public override async Task DisposeAsync() => await (Index as IAsyncDisposable)!.DisposeAsync();

    protected override async Task<ISearchIndex> OpenAsync() => new PostgresSearchIndex(Options.Create(
        new PostgresSearchOptions { ConnectionString = await (await PostgresServer.Shared).NewDatabaseAsync(), MaxRanked = 10 }));
}
