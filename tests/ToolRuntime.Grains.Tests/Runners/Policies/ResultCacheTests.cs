using Microsoft.Extensions.Options;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

public sealed class ResultCacheTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);
    private readonly FakeTimeProvider time = new();
    private int runs;

    [Fact]
    public void Key_TenantToolAndArguments_AllCount()
    {
        var session = new SessionKey("acme", "s1");
        var key = ResultCache.Key(session, "fetch", new("""{"b":1,"a":2}"""));

        Assert.Matches("^acme/tool:fetch:[0-9a-f]{64}$", key);
        Assert.Equal(key, ResultCache.Key(new("acme", "s2"), "fetch", new("""{"a":2.0,"b":1}""")));
        Assert.NotEqual(key, ResultCache.Key(new("evil", "s1"), "fetch", new("""{"b":1,"a":2}""")));
        Assert.NotEqual(key, ResultCache.Key(session, "fetch2", new("""{"b":1,"a":2}""")));
        Assert.NotEqual(key, ResultCache.Key(session, "fetch", new("""{"b":1,"a":3}""")));
    }

    [Fact]
    public async Task GetOrRun_Again_HasTheResultUntilItsTimeIsOver()
    {
        var cache = Cache();
        var (first, miss) = await RunAsync(cache, "k");
        time.Advance(Lifetime - TimeSpan.FromMilliseconds(1));
        var (again, hit) = await RunAsync(cache, "k");
        time.Advance(TimeSpan.FromMilliseconds(1));
        var (later, gone) = await RunAsync(cache, "k");

        Assert.Null(miss);
        Assert.Same(first, again);
        Assert.Equal(Lifetime - TimeSpan.FromMilliseconds(1), hit!.Age);
        Assert.Null(gone);
        Assert.NotSame(first, later);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task GetOrRun_Failure_IsNotKept()
    {
        var cache = Cache();

        await cache.GetOrRunAsync("k", Lifetime, () => Task.FromResult(ToolResult.Failure(new("no", "No."))), default);
        await Assert.ThrowsAsync<TimeoutException>(() => cache.GetOrRunAsync("k", Lifetime, () => throw new TimeoutException(), default));

        Assert.Null(cache.Find("k"));
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
        Assert.Null((await RunAsync(cache, "k")).Hit);
    }

    [Fact]
    public async Task GetOrRun_MoreThanEntries_TheLeastRecentlyUsedGoes()
    {
        var cache = Cache(entries: 2);
        await RunAsync(cache, "a");
        await RunAsync(cache, "b");
        await RunAsync(cache, "a");
        await RunAsync(cache, "c");

        Assert.NotNull(cache.Find("a"));
        Assert.Null(cache.Find("b"));
        Assert.NotNull(cache.Find("c"));
    }

    [Fact]
    public async Task GetOrRun_ManyLargeResults_StaysBelowTheBytes()
    {
        var cache = Cache(bytes: 65_536);
        for (var i = 0; i < 50; i++)
        {
            await RunAsync(cache, $"k{i}", new string('x', 3_000));
            Assert.InRange(cache.Bytes, 1, 65_536);
        }

        Assert.NotNull(cache.Find("k49"));
        Assert.Null(cache.Find("k0"));
    }

    [Fact]
    public async Task GetOrRun_ResultOfMoreThanAQuarter_IsNotKept()
    {
        var cache = Cache(bytes: 65_536);
        await RunAsync(cache, "small");
        await RunAsync(cache, "huge", new string('x', 10_000));

        Assert.NotNull(cache.Find("small"));
        Assert.Null(cache.Find("huge"));
    }

    [Fact]
    public async Task GetOrRun_EqualCallsAtOnce_RunOnce()
    {
        var cache = Cache();
        var release = new TaskCompletionSource<ToolResult>();
        var first = cache.GetOrRunAsync("k", Lifetime, Run(release.Task), default);
        var others = Enumerable.Range(0, 5).Select(_ => cache.GetOrRunAsync("k", Lifetime, Run(release.Task), default)).ToArray();
        Assert.Equal(1, runs);

        release.SetResult(FakeTool.Done);

        Assert.Null((await first).Hit);
        Assert.All(await Task.WhenAll(others).WaitAsync(RunnerFixture.Patience), other => Assert.Same(FakeTool.Done, other.Hit?.Result));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task GetOrRun_TheOneThatRunsFails_TheOthersRunThemselves()
    {
        var cache = Cache();
        var release = new TaskCompletionSource<ToolResult>();
        var first = cache.GetOrRunAsync("k", Lifetime, Run(release.Task), default);
        var other = cache.GetOrRunAsync("k", Lifetime, Run(Task.FromResult(FakeTool.Done)), default);

        release.SetCanceled();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Null((await other.WaitAsync(RunnerFixture.Patience)).Hit);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task GetOrRun_OneThatWaitsIsCancelled_OnlyItEnds()
    {
        var cache = Cache();
        using var cancel = new CancellationTokenSource();
        var release = new TaskCompletionSource<ToolResult>();
        var first = cache.GetOrRunAsync("k", Lifetime, Run(release.Task), default);
        var other = cache.GetOrRunAsync("k", Lifetime, Run(release.Task), cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        release.SetResult(FakeTool.Done);

        Assert.Same(FakeTool.Done, (await first).Result);
        Assert.Equal(1, runs);
    }

    private ResultCache Cache(int entries = 100, long bytes = 1_000_000) => new(Options.Create(new ToolCacheOptions { MaxEntries = entries, MaxBytes = bytes }), time);

    private Task<(ToolResult Result, CacheHit? Hit)> RunAsync(ResultCache cache, string key, string summary = "done") =>
        cache.GetOrRunAsync(key, Lifetime, Run(Task.FromResult(ToolResult.Success(JsonText.EmptyObject, summary))), default);

    private Func<Task<ToolResult>> Run(Task<ToolResult> result) => () =>
    {
        Interlocked.Increment(ref runs);
        return result;
    };
}
