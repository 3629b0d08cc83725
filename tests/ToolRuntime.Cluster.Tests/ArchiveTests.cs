using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests;

/// <summary>A cluster of real processes whose idle sessions move to a real PostgreSQL.</summary>
public sealed class ArchiveTests
{
    private const string Session = "old";

    [Fact]
    public async Task IdleSession_MovesAndComesBackWholeWhenItIsOpened()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Settings(postgres));
        var seen = new SessionRecord(Session);
        await using (var client = await cluster.ConnectAsync(0))
        {
            await client.OpenAsync(seen);
            await WorkAsync(client, seen, 1);
        }

        await GoneAsync(cluster);
        Assert.Equal("1", await postgres.PsqlAsync("SELECT count(DISTINCT id) FROM toolruntime_archive"));

        // By its cursor: recovered, as the record requires. Its grain is still alive, and goes on where it was.
        await using var next = await cluster.ConnectAsync(1);
        await next.OpenAsync(seen);
        Assert.Contains(Session, await ListAsync(cluster), StringComparison.Ordinal);
        await WorkAsync(next, seen, 2);
        await GoneAsync(cluster);

        await using var another = await cluster.ConnectAsync(0);
        var whole = await another.OpenAsync(Session);
        await whole.UntilAsync(() => whole.Cursor >= seen.Cursor, "all of the log");
        seen.SameAs(whole);
        seen.Verify();

        // Two that have it open while it is idle see what the next batch does, live.
        await GoneAsync(cluster);
        await WorkAsync(another, whole, 3);
        await seen.UntilAsync(() => seen.Cursor >= whole.Cursor, "the other client has the next batch, too");
    }

    [Fact]
    public async Task ArchiveAway_ItsSessionsAreUnavailableAndAllOthersWork()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(Settings(postgres));
        await using var client = await cluster.ConnectAsync(0);
        var seen = await client.OpenAsync(Session);
        await WorkAsync(client, seen, 1);
        await client.SendAsync(Command.Of("session.close", Session));
        await GoneAsync(cluster);
        await postgres.KillAsync();

        await using var next = await cluster.ConnectAsync(1);
        var start = Command.Of("session.open", Session);
        start["after"] = "start";
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<CommandRefusedException>(() => next.SendAsync(start))).Code);
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<CommandRefusedException>(
            () => next.SendAsync(Command.RunTools(Session, new ToolUse("computer", []))))).Code);
        var other = await next.OpenAsync("another");
        await WorkAsync(next, other, 1);

        await postgres.StartAgainAsync();
        await next.OpenAsync(seen);
        await WorkAsync(next, seen, 2);
        Assert.All(cluster.Silos.Concat(cluster.Gateways), process => Assert.DoesNotContain("archive-test-password", process.Output, StringComparison.Ordinal));
    }

    private static string[] Settings(PostgresServer postgres) =>
    [
        "--ToolRuntime:Archive:ConnectionString", postgres.ConnectionString, "--ToolRuntime:Archive:IdleAfter", "00:00:01", "--ToolRuntime:Archive:LookEvery", "00:00:00.2",
    ];

    private static async Task WorkAsync(ProtocolClient client, SessionRecord record, int batches)
    {
        await client.SendAsync(Command.RunTools(record.Session, new ToolUse("computer", []), new ToolUse("computer", [])));
        await record.IdleAsync(batches);
    }

    /// <summary>In Redis the session has its header alone, which says where the rest is.</summary>
    private static async Task GoneAsync(TestCluster cluster)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var keys = (await cluster.RedisAsync("KEYS", $"*/{Session}}}:*")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (keys is [var header] && (await cluster.RedisAsync("HEXISTS", header, "archived")).Trim() == "1") return;
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<string> ListAsync(TestCluster cluster)
    {
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        return await http.GetStringAsync(new Uri("/v1/sessions", UriKind.Relative));
    }
}
