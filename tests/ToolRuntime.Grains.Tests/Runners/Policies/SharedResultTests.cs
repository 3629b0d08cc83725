using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

/// <summary>The cache of a silo with one behind it that all silos share.</summary>
public sealed class SharedResultTests
{
    private const string Key = "acme/tool:fetch:aa";
    private static readonly SessionKey Session = new("acme", "s1");
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(300);

    private readonly FakeTimeProvider time = new();
    private readonly SharedMemory shared = new();
    private int runs;

    [Fact]
    public async Task GetOrRun_OnAnotherSilo_HasTheResultWithItsAge()
    {
        var (one, other) = (Cache(), Cache());
        await RunAsync(one);
        shared.Age = TimeSpan.FromSeconds(100);

        var (result, hit) = await RunAsync(other);
        time.Advance(TimeSpan.FromSeconds(199));
        var kept = other.Find(Key);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(("done", 1), (result.Summary, runs));
        Assert.Equal(TimeSpan.FromSeconds(100), hit!.Age);
        Assert.Equal(TimeSpan.FromSeconds(299), kept!.Age);
        Assert.Null(other.Find(Key));
    }

    [Fact]
    public async Task GetOrRun_HereAlready_AsksNobody()
    {
        var cache = Cache();
        await RunAsync(cache);
        var asked = shared.Asked;
        Assert.NotNull((await RunAsync(cache)).Hit);
        Assert.Equal(asked, shared.Asked);
    }

    [Fact]
    public async Task GetOrRun_OlderThanThisSilosSettingAllows_Runs()
    {
        await RunAsync(Cache());
        shared.Age = TimeSpan.FromSeconds(30);

        Assert.Null((await Cache().GetOrRunAsync(Key, TimeSpan.FromSeconds(30), ComputeAsync, default, Session)).Hit);
    }

    [Fact]
    public async Task GetOrRun_FailureCancelledOrNobodys_IsNotShared()
    {
        await Cache().GetOrRunAsync(Key, Lifetime, () => Task.FromResult(ToolResult.Failure(new("no", "No."))), default, Session);
        await Cache().GetOrRunAsync(Key, Lifetime, ComputeAsync, default);
        using var cancelled = new CancellationTokenSource();
        await Cache().GetOrRunAsync(
            Key,
            Lifetime,
            () =>
            {
                cancelled.Cancel();
                return ComputeAsync();
            },
            cancelled.Token,
            Session);

        Assert.Empty(shared.Results);
    }

    [Fact]
    public async Task GetOrRun_ResultWithASecret_IsSharedWithout()
    {
        var cache = new ResultCache(Options.Create(new ToolCacheOptions()), time, shared, new Redactor(["s3cr3t-value"], TokenPattern.Common));

        var (result, _) = await cache.GetOrRunAsync(
            Key, Lifetime, () => Task.FromResult(ToolResult.Success(new("""{"text":"s3cr3t-value"}"""), "s3cr3t-value")), default, Session);
        await cache.GetOrRunAsync("acme/tool:fetch:bad", Lifetime, () => Task.FromResult(ToolResult.Success(new("s3cr3t-value{"), "")), default, Session);

        Assert.Equal("s3cr3t-value", result.Summary);
        var (stored, _) = Assert.Single(shared.Results).Value;
        Assert.Equal(("""{"text":"[redacted]"}""", "[redacted]"), (stored.Result.Json, stored.Summary));
    }

    private ResultCache Cache() => new(Options.Create(new ToolCacheOptions()), time, shared);

    private Task<(ToolResult Result, CacheHit? Hit)> RunAsync(ResultCache cache) => cache.GetOrRunAsync(Key, Lifetime, ComputeAsync, default, Session);

    private Task<ToolResult> ComputeAsync()
    {
        runs++;
        return Task.FromResult(ToolResult.Success(JsonText.EmptyObject, "done"));
    }

    private sealed class SharedMemory : ISharedResults
    {
        public Dictionary<string, (ToolResult Result, SessionKey Producer)> Results { get; } = [];

        public TimeSpan Age { get; set; }

        public int Asked { get; private set; }

        public Task<SharedResult?> FindAsync(string key)
        {
            Asked++;
            return Task.FromResult(Results.TryGetValue(key, out var found) ? new SharedResult(found.Result, Age) : null);
        }

        public Task KeepAsync(string key, SessionKey producer, ToolResult result, TimeSpan lifetime)
        {
            Results[key] = (result, producer);
            return Task.CompletedTask;
        }

        public Task ForgetAsync(SessionKey producer) => Task.CompletedTask;
    }
}
