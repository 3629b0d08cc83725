using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis.Limits;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>Limits that processes share, on a real Redis and on a real Redis Cluster.</summary>
public sealed class RedisLimitsTests
{
    private const string Key = "key/ann1/connections";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_OfTwoProcesses_CountsTogether(bool cluster)
    {
        await using var fixture = new LimitsFixture(await ServersAsync(cluster));
        RedisLimits[] processes = [await fixture.JoinAsync(), await fixture.JoinAsync()];

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => processes[i % 2].TakeAsync("key/ann1/commands", 0.01, 7).AsTask()));

        Assert.Equal(7, answers.Count(wait => wait is null));
        Assert.All(answers, wait => Assert.True(wait is null || wait <= TimeSpan.FromSeconds(100) && wait > TimeSpan.FromSeconds(50)));
        Assert.Null(await processes[0].TakeAsync("key/bob1/commands", 0.01, 7));
    }

    [Fact]
    public async Task Take_AfterTheTimeSaid_MayAgain()
    {
        await using var fixture = new LimitsFixture(await ServersAsync());
        var limits = await fixture.JoinAsync();

        Assert.Null(await limits.TakeAsync("soon", 50, 1));
        var wait = await limits.TakeAsync("soon", 50, 1);

        Assert.InRange(wait!.Value.TotalMilliseconds, 0.001, 20);
        await Waits.UntilAsync(() => limits.TakeAsync("soon", 50, 1).AsTask().GetAwaiter().GetResult() is null);
    }

    [Theory]
    [InlineData(1_000_000, 3)]
    [InlineData(4_999, 100)]
    [InlineData(0.1, 1)]
    public async Task Take_AnyRate_LetsItsBurstThrough(double rate, int burst)
    {
        await using var fixture = new LimitsFixture(await ServersAsync());
        var limits = await fixture.JoinAsync();

        for (var i = 0; i < burst; i++) Assert.Null(await limits.TakeAsync("any", rate, burst));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_OfTwoProcesses_NeverBeyondTheLimit(bool cluster)
    {
        await using var fixture = new LimitsFixture(await ServersAsync(cluster));
        RedisLimits[] processes = [await fixture.JoinAsync(), await fixture.JoinAsync()];

        var granted = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i => (Process: i % 2, Count: await processes[i % 2].AddAsync(Key, 1, 10))));

        Assert.Equal(10, granted.Sum(grant => grant.Count));
        var mine = granted.Where(grant => grant.Process == 0).Sum(grant => grant.Count);
        await processes[0].LookAsync(Key, 10);
        Assert.Equal(mine, 10 - granted.Where(grant => grant.Process == 1).Sum(grant => grant.Count));
        Assert.Equal(0, await processes[1].AddAsync(Key, 5, 10));
        processes[0].Remove(Key, mine);
        await UntilGrantedAsync(processes[1], mine);
        Assert.Equal(0, await processes[0].AddAsync(Key, 1, 10));
    }

    [Fact]
    public async Task Add_MoreThanThereIsRoomFor_GetsTheRest()
    {
        await using var fixture = new LimitsFixture(await ServersAsync());
        var limits = await fixture.JoinAsync();

        Assert.Equal(4, await limits.AddAsync(Key, 4, 6));
        Assert.Equal(2, await limits.AddAsync(Key, 4, 6));
        Assert.Equal(0, await limits.AddAsync(Key, 4, 6));
        Assert.Equal(3, await limits.AddAsync(Key, 3, 9));
        Assert.Equal(9, limits.Count(Key));
    }

    [Fact]
    public async Task Add_WithoutALimit_AsksNobodyAndCountsLater()
    {
        await using var fixture = new LimitsFixture(await ServersAsync());
        RedisLimits[] processes = [await fixture.JoinAsync(), await fixture.JoinAsync()];

        var adding = processes[0].AddAsync(Key, 5, 0);
        Assert.True(adding.IsCompletedSuccessfully);
        Assert.Equal(5, await adding);
        Assert.Equal(1, await processes[0].AddAsync(Key, 1, 6));

        Assert.Equal(0, await processes[1].AddAsync(Key, 1, 6));
    }

    [Fact]
    public async Task Add_ProcessThatHeldSomeDied_IsFreeWhenItsLeaseIsOver()
    {
        await using var fixture = new LimitsFixture(await ServersAsync(), new() { LeaseMs = 500 });
        var (dead, living) = (await fixture.JoinAsync(), await fixture.JoinAsync());
        Assert.Equal(3, await dead.AddAsync(Key, 3, 3));
        Assert.Equal(0, await living.AddAsync(Key, 1, 3));

        await fixture.KillAsync(dead);

        await UntilGrantedAsync(living, 3, 3);
    }

    [Fact]
    public async Task Add_ProcessThatLivesOn_KeepsWhatItHolds()
    {
        await using var fixture = new LimitsFixture(await ServersAsync(), new() { LeaseMs = 3_000 });
        var (holding, other) = (await fixture.JoinAsync(), await fixture.JoinAsync());
        Assert.Equal(3, await holding.AddAsync(Key, 3, 3));
        using var admin = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);

        // Renewed three times: each time it says until when.
        var ends = new HashSet<string>();
        await Waits.UntilAsync(() =>
        {
            ends.Add($"{admin.GetDatabase().HashGetAll($"{fixture.Prefix}limits:{{{Key}}}")[0].Value}");
            return ends.Count > 3;
        });

        Assert.Equal(0, await other.AddAsync(Key, 1, 3));
    }

    [Fact]
    public async Task Remove_TheLast_LeavesNothingBehind()
    {
        await using var fixture = new LimitsFixture(await ServersAsync());
        var limits = await fixture.JoinAsync();
        using var admin = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        await limits.AddAsync(Key, 2, 3);

        limits.Remove(Key, 2);

        await Waits.UntilAsync(() => !admin.GetDatabase().KeyExists($"{fixture.Prefix}limits:{{{Key}}}"));
    }

    [Fact]
    public async Task RedisHangs_NothingIsLetThroughAndItGoesOnAfterwards()
    {
        await using var server = await RedisServer.StartOwnAsync();
        await using var fixture = new LimitsFixture(server.Address, new() { TimeoutMs = 100, LeaseMs = 1_000 });
        var limits = await fixture.JoinAsync();
        Assert.Equal(1, await limits.AddAsync(Key, 1, 3));

        server.Signal("STOP");
        var refused = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => limits.TakeAsync("rate", 1, 10).AsTask().WaitAsync(Waits.Long));
        var adding = Enumerable.Range(0, 5).Select(_ => limits.AddAsync(Key, 1, 3).AsTask()).ToArray();
        foreach (var add in adding) await Assert.ThrowsAsync<SessionLogUnavailableException>(() => add.WaitAsync(Waits.Long));
        limits.Remove(Key, 1);
        server.Signal("CONT");

        Assert.Equal((ErrorCode.Unavailable, true), (refused.ToRejection().Code, refused.ToRejection().Retryable));
        Assert.Equal("it does not answer in time", refused.Reason);
        await UntilAnsweredAsync(async () => await limits.TakeAsync("rate", 1, 10) is null);
        await UntilAnsweredAsync(async () => await limits.AddAsync(Key, 3, 3) == 3 || Give(limits));
        await Waits.UntilAsync(() => fixture.Health.IsHealthy);
    }

    [Fact]
    public async Task RedisAway_IsRefusedAtOnceAndWorksWhenItIsBack()
    {
        await using var server = await RedisServer.StartOwnAsync();
        await using var fixture = new LimitsFixture(server.Address);
        var limits = await fixture.JoinAsync();

        await server.KillAsync();
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => limits.TakeAsync("rate", 1, 10).AsTask().WaitAsync(Waits.Long));
        Assert.False(fixture.Health.IsHealthy);
        await server.StartAgainAsync();

        await UntilAnsweredAsync(async () => await limits.TakeAsync("rate", 1, 10) is null);
    }

    private static async Task<string> ServersAsync(bool cluster = false) =>
        (await (cluster ? RedisServers.Cluster : RedisServers.Single)).Configuration;

    /// <summary>Takes until it has so many.</summary>
    private static Task UntilGrantedAsync(RedisLimits limits, int count, int limit = 10)
    {
        var left = count;
        return UntilAnsweredAsync(async () => (left -= await limits.AddAsync(Key, left, limit)) == 0);
    }

    /// <summary>Gives back what was granted only in part; asks again.</summary>
    private static bool Give(RedisLimits limits)
    {
        limits.Remove(Key, limits.Count(Key));
        return false;
    }

    private static async Task UntilAnsweredAsync(Func<Task<bool>> holds)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                if (await holds()) return;
            }
            catch (SessionLogUnavailableException)
            {
                // Not yet.
            }

            await looks.WaitForNextTickAsync(timeout.Token);
        }
    }
}
