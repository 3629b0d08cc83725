using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> does with the checks of entries. Each test has a store of its own.</summary>
public abstract class SessionLogCheckConformance : IAsyncLifetime
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
    public async Task Append_EntriesWithChecks_AreReadWithThem()
    {
        await AppendAsync((1, "aaaaaaaa"), (2, "aaaaaaaa"), (3, "bbbbbbbb"), (4, null));

        Assert.Equal(["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", null], await ChecksAsync());
    }

    [Fact]
    public async Task Header_Check_IsThatOfTheHead()
    {
        Assert.Null((await log.OpenAsync(Key, "ann"))!.Header.Check);

        await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));
        Assert.Equal("bbbbbbbb", (await log.GetHeaderAsync(Key))!.Check);
        Assert.Equal("bbbbbbbb", (await log.OpenAsync(Key, null))!.Header.Check);

        await AppendAsync((3, null));
        Assert.Null((await log.GetHeaderAsync(Key))!.Check);
    }

    [Fact]
    public async Task Header_NothingKept_HasNoCheck()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));
        await log.TrimAsync(Key, token, 2);

        Assert.Null((await log.GetHeaderAsync(Key))!.Check);
    }

    [Fact]
    public async Task Erase_Entries_KeepTheirChecks()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));

        Assert.True(await log.EraseAsync(Key, token, [Entry(1, "cccccccc", "1"), Entry(2, null, "2")]));

        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
    }

    [Fact]
    public async Task Renew_Entries_KeepTheirChecks()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));

        Assert.Equal("bbbbbbbb", (await log.RenewAsync(Key, token))!.Header.Check);
        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checks_AfterCloseOrCrash_AreThere(bool crash)
    {
        await AppendAsync((1, "aaaaaaaa"));
        await AppendAsync((2, "bbbbbbbb"));

        await (crash ? store.CrashAsync() : store.CloseAsync());
        log = await store.OpenAsync();

        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
        Assert.Equal("bbbbbbbb", (await log.GetHeaderAsync(Key))!.Check);
    }

    private async Task<string> AppendAsync(params (long Seq, string? Check)[] entries)
    {
        var token = (await log.OpenAsync(Key, "ann"))!.Token;
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, token, entries[0].Seq - 1, [.. entries.Select(entry => Entry(entry.Seq, entry.Check))]));
        return token;
    }

    private async Task<IEnumerable<string?>> ChecksAsync() => (await log.ReadAsync(Key, 0, NoLimits)).Entries.Select(entry => entry.Event.Check);

    private static LogEntry Entry(long seq, string? check, string json = "{}") => new(new(seq, "tool.output", "e1", Encoding.UTF8.GetBytes(json), check), default);
}
