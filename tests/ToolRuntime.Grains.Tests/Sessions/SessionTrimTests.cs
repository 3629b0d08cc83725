using System.Text;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Grains.Tests.Support;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class SessionTrimTests
{
    [Fact]
    public async Task Restart_ArgumentsAndParametersNestedAsDeepAsMessagesMay_AreReadAgain()
    {
        await using var cluster = await SessionCluster.StartAsync(sessions: options => options.SnapshotEvery = 1);
        var deep = new JsonText(string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "1" + new string('}', 63));
        await cluster.DoAsync(new ConfigureSession(deep));
        await cluster.DoAsync(new RunTools([new("plain", deep)]));
        await cluster.Snapshots.NextAsync(1);

        await cluster.RestartAsync();

        Assert.Contains(deep.Json, Encoding.UTF8.GetString((await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_BeyondWhatIsKept_IsTrimmedUpToASnapshotAndNothingIsForgotten()
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite: true, sessions: sessions => (sessions.SnapshotEvery, sessions.KeptEvents) = (10, 20));
        var key = SessionCluster.Key("s1");
        for (var i = 1; i <= 100; i++) await cluster.DoAsync(Configure(i), $"c{i}");
        await cluster.UntilAsync(async () => (await cluster.AnyLog.GetHeaderAsync(key))!.First > 1);

        await cluster.RestartAsync();
        var header = (await cluster.AnyLog.GetHeaderAsync(key))!;
        var page = await cluster.AnyLog.ReadAsync(key, 0, new(1_000, 1 << 20));
        Assert.Equal(100, header.Head);
        Assert.InRange(header.First, 2, 81);
        Assert.InRange(header.First - 1, 1, cluster.Snapshots.Written.Max());
        Assert.Equal((header.First, 100), (page.Entries[0].Event.Seq, page.Entries[^1].Event.Seq));

        var opened = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        Assert.Equal(100, JsonDocument.Parse(opened.View).RootElement.GetProperty("parameters").GetProperty("i").GetInt32());
        Assert.Equal(1, (await cluster.DoAsync(Configure(1), "c1")).GetProperty("seq").GetInt64());
        Assert.Equal(101, (await cluster.DoAsync(Configure(101), "c101")).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Log_TrimmedAndRenewedWithoutASnapshot_ForgetsNothing()
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite: true, sessions: sessions => (sessions.SnapshotEvery, sessions.KeptEvents) = (10, 20));
        var key = SessionCluster.Key("s1");
        await cluster.DoAsync(new ConfigureSession(new("""{"first":true}""")), "first");
        for (var i = 1; i <= 100; i++) await cluster.DoAsync(Configure(i), $"c{i}");
        await cluster.UntilAsync(async () => (await cluster.AnyLog.GetHeaderAsync(key))!.First > 1);
        await cluster.RestartAsync();

        // As a process leaves it that ends between the renewal and the snapshot.
        var opening = (await cluster.AnyLog.OpenAsync(key, null))!;
        Assert.NotEqual(opening.Header.Epoch, (await cluster.AnyLog.RenewAsync(key, opening.Token))!.Header.Epoch);

        var opened = (await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!;
        Assert.True(JsonDocument.Parse(opened.View).RootElement.GetProperty("parameters").GetProperty("first").GetBoolean());
        Assert.Equal(1, (await cluster.DoAsync(new ConfigureSession(new("""{"first":true}""")), "first")).GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Log_WithinWhatIsKept_StaysWhole()
    {
        await using var cluster = await SessionCluster.StartAsync(sqlite: true, sessions: sessions => (sessions.SnapshotEvery, sessions.KeptEvents) = (10, 1_000));
        for (var i = 1; i <= 60; i++) await cluster.DoAsync(Configure(i), $"c{i}");
        await cluster.Snapshots.NextAsync(2);
        await cluster.RestartAsync();

        Assert.Equal(1, (await cluster.AnyLog.GetHeaderAsync(SessionCluster.Key("s1")))!.First);
    }

    private static ConfigureSession Configure(int i) => new(new($$"""{"i":{{i}}}"""));
}
