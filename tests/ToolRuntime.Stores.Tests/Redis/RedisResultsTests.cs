using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Redis.Results;
using ToolRuntime.Tests.Shared;
using ToolRuntime.Tools;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>Results that silos share, on a real Redis.</summary>
public sealed class RedisResultsTests : IAsyncDisposable
{
    private static readonly SessionKey Ann = new("acme", "s1"), Bob = new("acme", "s2");
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string prefix = $"t{Guid.NewGuid():n}:";
    private readonly List<RedisResults> open = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var results in open) await results.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Find_WhatAnotherSiloKept_IsTheSameWithItsAge(bool cluster)
    {
        var servers = (await (cluster ? RedisServers.Cluster : RedisServers.Single)).Configuration;
        var (one, other) = (await OpenAsync(servers), await OpenAsync(servers));

        await one.KeepAsync("acme/tool:fetch:aa", Ann, Result("""{"text":"ä\n\"quoted\"","n":1.50}"""), Minute);
        var found = (await other.FindAsync("acme/tool:fetch:aa"))!;

        Assert.Equal(("""{"text":"ä\n\"quoted\"","n":1.50}""", "done"), (found.Result.Result.Json, found.Result.Summary));
        Assert.InRange(found.Age, TimeSpan.Zero, Waits.Long);
        Assert.Null(await other.FindAsync("evil/tool:fetch:aa"));
        Assert.Null(await other.FindAsync("acme/tool:fetch:ab"));
        using var admin = await ConnectionMultiplexer.ConnectAsync(servers);
        Assert.True(await admin.GetDatabase().KeyExistsAsync($"{prefix}{{acme}}/tool:fetch:aa"));
    }

    [Fact]
    public async Task Find_ItsTimeIsOver_IsAMiss()
    {
        var results = await OpenAsync();
        await results.KeepAsync("acme/tool:fetch:aa", Ann, Result(), TimeSpan.FromMilliseconds(30));

        await Waits.UntilAsync(() => results.FindAsync("acme/tool:fetch:aa").GetAwaiter().GetResult() is null);
    }

    [Fact]
    public async Task Keep_TooLargeOrTooMany_IsBounded()
    {
        var results = await OpenAsync(configure: options => (options.MaxBytes, options.TenantBytes) = (2_000, 5_000));
        await results.KeepAsync("acme/tool:fetch:large", Ann, Result(Text(2_100)), Minute);
        for (var i = 0; i < 10; i++) await results.KeepAsync($"acme/tool:fetch:{i}", Ann, Result(Text(1_500)), Minute + TimeSpan.FromSeconds(i));
        await results.KeepAsync("else/tool:fetch:0", new("else", "s"), Result(Text(1_500)), Minute);

        Assert.Null(await results.FindAsync("acme/tool:fetch:large"));
        Assert.Null(await results.FindAsync("acme/tool:fetch:6"));
        for (var i = 7; i < 10; i++) Assert.NotNull(await results.FindAsync($"acme/tool:fetch:{i}"));
        Assert.NotNull(await results.FindAsync("else/tool:fetch:0"));
    }

    [Fact]
    public async Task Keep_NoneAreToBeShared_KeepsNone()
    {
        var results = await OpenAsync(configure: options => options.TenantBytes = 0);
        await results.KeepAsync("acme/tool:fetch:aa", Ann, Result(), Minute);

        Assert.Null(await results.FindAsync("acme/tool:fetch:aa"));
    }

    [Fact]
    public async Task Forget_ASession_RemovesItsResultsAndNoOthers()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        await one.KeepAsync("acme/tool:fetch:aa", Ann, Result(), Minute);
        await one.KeepAsync("acme/tool:fetch:bb", Ann, Result(), Minute);
        await one.KeepAsync("acme/tool:fetch:cc", Bob, Result(), Minute);

        await other.ForgetAsync(Ann);
        await other.ForgetAsync(Ann);

        Assert.Null(await one.FindAsync("acme/tool:fetch:aa"));
        Assert.Null(await one.FindAsync("acme/tool:fetch:bb"));
        Assert.NotNull(await one.FindAsync("acme/tool:fetch:cc"));
    }

    [Fact]
    public async Task RedisHangsOrIsAway_IsAMissAndNeverAFault()
    {
        await using var server = await RedisServer.StartOwnAsync();
        var results = await OpenAsync(server.Address, options => options.TimeoutMs = 50);
        await results.KeepAsync("acme/tool:fetch:aa", Ann, Result(), Minute);

        server.Signal("STOP");
        Assert.Null(await results.FindAsync("acme/tool:fetch:aa").WaitAsync(Waits.Long));
        Assert.True(results.FindAsync("acme/tool:fetch:aa").IsCompleted); // left alone for a moment
        await results.KeepAsync("acme/tool:fetch:bb", Ann, Result(), Minute).WaitAsync(Waits.Long);
        server.Signal("CONT");
        await UntilFoundAsync(results);
        await server.KillAsync();
        Assert.Null(await results.FindAsync("acme/tool:fetch:aa").WaitAsync(Waits.Long));
        await server.StartAgainAsync();
        await UntilFoundAsync(results);
    }

    private static Task UntilFoundAsync(RedisResults results) =>
        Waits.UntilAsync(() => results.FindAsync("acme/tool:fetch:aa").GetAwaiter().GetResult() is not null);

    private static string Text(int length) => $$"""{"text":"{{new string('x', length)}}"}""";

    private static ToolResult Result(string json = "{}") => ToolResult.Success(new(json), "done");

    private async Task<RedisResults> OpenAsync(string? servers = null, Action<RedisResultOptions>? configure = null)
    {
        var options = new RedisResultOptions { TimeoutMs = 2_000 };
        configure?.Invoke(options);
        var store = new RedisSessionLogOptions { Configuration = servers ?? (await RedisServers.Single).Configuration, KeyPrefix = prefix };
        var results = new RedisResults(Options.Create(store), Options.Create(options), TimeProvider.System, NullLogger<RedisResults>.Instance);
        await results.ConnectAsync();
        open.Add(results);
        return results;
    }
}
