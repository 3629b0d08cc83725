using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>What every <see cref="ISessionLog"/> does with the checks of entries.</summary>
public abstract class SessionLogCheckConformance : SessionLogSuite
{
    [Fact]
    public async Task Append_EntriesWithChecks_AreReadWithThem()
    {
        await AppendAsync((1, "aaaaaaaa"), (2, "aaaaaaaa"), (3, "bbbbbbbb"), (4, null));

        Assert.Equal(["aaaaaaaa", "aaaaaaaa", "bbbbbbbb", null], await ChecksAsync());
    }

    [Fact]
    public async Task Header_Check_IsThatOfTheHead()
    {
        Assert.Null((await Log.OpenAsync(Key, "ann"))!.Header.Check);

        await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));
        Assert.Equal("bbbbbbbb", (await Log.GetHeaderAsync(Key))!.Check);
        Assert.Equal("bbbbbbbb", (await Log.OpenAsync(Key, null))!.Header.Check);

        await AppendAsync((3, null));
        Assert.Null((await Log.GetHeaderAsync(Key))!.Check);
    }

    [Fact]
    public async Task Header_NothingKept_HasNoCheck()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));
        await Log.TrimAsync(Key, token, 2);

        Assert.Null((await Log.GetHeaderAsync(Key))!.Check);
    }

    [Fact]
    public async Task Erase_Entries_KeepTheirChecks()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));

        Assert.True(await Log.EraseAsync(Key, token, [Checked(1, "cccccccc", "1"), Checked(2, null, "2")]));

        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
    }

    [Fact]
    public async Task Renew_Entries_KeepTheirChecks()
    {
        var token = await AppendAsync((1, "aaaaaaaa"), (2, "bbbbbbbb"));

        Assert.Equal("bbbbbbbb", (await Log.RenewAsync(Key, token))!.Header.Check);
        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Checks_AfterCloseOrCrash_AreThere(bool crash)
    {
        await AppendAsync((1, "aaaaaaaa"));
        await AppendAsync((2, "bbbbbbbb"));

        await (crash ? Store.CrashAsync() : Store.CloseAsync());
        Log = await Store.OpenAsync();

        Assert.Equal(["aaaaaaaa", "bbbbbbbb"], await ChecksAsync());
        Assert.Equal("bbbbbbbb", (await Log.GetHeaderAsync(Key))!.Check);
    }

    private async Task<string> AppendAsync(params (long Seq, string? Check)[] entries)
    {
        var token = (await Log.OpenAsync(Key, "ann"))!.Token;
        Assert.Equal(AppendOutcome.Committed, await Log.AppendAsync(Key, token, entries[0].Seq - 1, [.. entries.Select(entry => Checked(entry.Seq, entry.Check))]));
        return token;
    }

    private async Task<IEnumerable<string?>> ChecksAsync() => (await Log.ReadAsync(Key, 0, NoLimits)).Entries.Select(entry => entry.Event.Check);

    private static LogEntry Checked(long seq, string? check, string json = "{}") => new(new(seq, "tool.output", "e1", Encoding.UTF8.GetBytes(json), check), default);
}
