using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Search;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.Search;

/// <summary>The index of one process.</summary>
public sealed class SqliteSearchTests : SearchIndexConformance
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("search-");

    private string File => Path.Combine(folder.FullName, "search.db");

    [Fact]
    public async Task Open_FileThatIsNone_IsMadeAnew()
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(Enumerable.Repeat("no database ", 1_000)));

        await WriteAsync(One, Text(1, "word"));

        Assert.Single((await FindAsync("word")).Hits);
    }

    [Fact]
    public async Task Open_LogThatWasNeverWhole_IsNoLog()
    {
        await WriteAsync(One, Text(1, "word"), Text(2, "another"));
        await Index.RemoveAsync(One, [new(1, 1)]);
        (Index as IDisposable)!.Dispose();
        await System.IO.File.WriteAllBytesAsync(File + "-wal", new byte[8_192]);

        var again = await OpenAsync();
        using var closing = again as IDisposable;

        Assert.Equal(One, Assert.Single(await again.ListAsync(null, 10)).Session);
    }

    [Fact]
    public async Task Remove_Text_LeavesNoWordInTheFiles()
    {
        await WriteAsync(One, Text(1, "plain Xylophone42 text"), Text(2, "another"));
        await WriteAsync(Two, Text(1, "Xylophone42 too"));
        Assert.True(await HoldsAsync("xylophone42"));

        await Index.RemoveAsync(One, [new(1, 1)]);
        await Index.ForgetAsync(Two);

        Assert.False(await HoldsAsync("xylophone42"));
        Assert.False(await HoldsAsync("Xylophone42"));
        Assert.Single((await FindAsync("another")).Hits);
    }

    [Fact]
    public async Task Forget_AmongManyTexts_LeavesNoWordWhereAPageWasSplit()
    {
        // SQLite's own secure_delete leaves the word of the tenth round.
        var random = new Random(3);
        var words = Enumerable.Range(0, 10_000).Select(n => $"{n}").Concat(["echo", "sleep", "up"]).ToArray();
        for (var round = 1; round <= 200; round++)
        {
            var (session, secret) = (new SessionKey("acme", $"s{round}"), Secret());
            await WriteAsync(session, Texts(secret, random.Next(1, 5)));
            await WriteAsync(new("acme", $"kept{round % 5}"), Texts("kept", random.Next(1, 30), round * 100));
            await Index.ForgetAsync(session);
            Assert.False(await HoldsAsync(secret), $"round {round}");
        }

        (Index as IDisposable)!.Dispose();
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=false");
        await connection.OpenAsync();
        await using var check = connection.CreateCommand();
        check.CommandText = "INSERT INTO words (words) VALUES ('integrity-check'); PRAGMA integrity_check";
        Assert.Equal("ok", await check.ExecuteScalarAsync());

        string Secret() => Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64())) + Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()));

        SearchDocument[] Texts(string first, int count, int from = 0) =>
            [.. Enumerable.Range(1, count).Select(n => Text(from + n, $"{first} {string.Join(' ', Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(3) == 0 ? Secret() : words[random.Next(words.Length)]))}"))];
    }

    [Fact]
    public async Task Search_MoreThanIsLookedAtForAState_SaysPartial()
    {
        var texts = Enumerable.Range(1, 120).Select(n => Text(n, "word") with { ExecutionId = $"e{n}" }).ToArray();
        var place = await Index.FindAsync(One);
        await Index.WriteAsync([new(One, "bob", place, new("epoch", 120, 0), false, [], [.. texts], [new("e1", ToolRuntime.Views.ExecutionStatus.Failed), new("e119", ToolRuntime.Views.ExecutionStatus.Failed)])]);

        var found = await Index.SearchAsync(new(new("acme", null, []), SearchQuery.Read("word", out _)!, 20) { State = ToolRuntime.Views.ExecutionStatus.Failed });

        Assert.Equal([119L], found.Hits.Select(hit => hit.Document.First));
        Assert.True(found.Partial);
    }

    [Fact]
    public async Task Search_BeginningOfTooManyWords_LooksThroughTheNewest()
    {
        await WriteAsync(One, Text(1, "modules and modern"), Text(2, "modulated"), Text(3, "models"), Text(4, "a modulus"));
        using var reader = new SqliteSearchReader(new(File), new(), 0);

        var found = reader.Widened(new(new("acme", "bob", []), SearchQuery.Read("modul*", out _)!, 2));
        var phrase = reader.Widened(new(new("acme", "bob", []), SearchQuery.Read("\"a modul\"*", out _)!, 2));

        Assert.Equal([4L, 2], found.Hits.Select(hit => hit.Document.First));
        Assert.Equal((false, false), (found.Ranked, found.Partial));
        Assert.Equal([1L], reader.Widened(new(new("acme", "bob", []), SearchQuery.Read("modul*", out _)!, 2) { After = found.Next }).Hits.Select(hit => hit.Document.First));
        Assert.Equal([4L], phrase.Hits.Select(hit => hit.Document.First));
    }

    public override Task DisposeAsync()
    {
        (Index as IDisposable)!.Dispose();
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    protected override Task<ISearchIndex> OpenAsync() =>
        Task.FromResult<ISearchIndex>(new SqliteSearchIndex(Options.Create(new SqliteSearchOptions { Path = File, MaxRanked = 10, MaxScanned = 100 })));

    private async Task<bool> HoldsAsync(string word)
    {
        foreach (var file in folder.EnumerateFiles())
        {
            await using var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(word)) >= 0) return true;
        }

        return false;
    }
}
