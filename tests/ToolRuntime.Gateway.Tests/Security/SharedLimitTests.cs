using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Limiting;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>A gateway whose limits are counted elsewhere, as those of a cluster are.</summary>
public sealed class SharedLimitTests
{
    private readonly FakeLimits limits = new();

    [Fact]
    public async Task Commands_WhoseCountsAreAnsweredInAnotherOrder_KeepTheirOrder()
    {
        await using var world = await StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s");
        var answers = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource<TimeSpan?>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        foreach (var answer in answers) limits.Answers.Enqueue(answer.Task);

        for (var i = 0; i < 6; i++) await client.SendAsync($$"""{"id":"c{{i}}","type":"message.send","session":"s","text":"x"}""");
        await WireAssert.EventuallyAsync(() => limits.Answers.Count == 0);
        foreach (var i in (int[])[4, 3, 1, 2]) answers[i].SetResult(i == 3 ? TimeSpan.FromMilliseconds(12.5) : null);
        answers[0].SetResult(null);

        for (var i = 0; i < 6; i++)
        {
            var answer = await client.AnswerAsync($"c{i}");
            if (i == 3) Assert.Equal(13, WireAssert.Error(answer, "rate_limited", retryable: true).GetProperty("retryAfterMs").GetInt32());
            else WireAssert.Ack(answer);
        }

        Assert.Equal(["c0", "c1", "c2", "c4", "c5"], world.Sessions.Arrived);
    }

    [Fact]
    public async Task LimitsThatCantBeAsked_LetNothingThrough()
    {
        await using var world = await StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s");
        using var http = world.Http();

        limits.Away = true;

        var error = WireAssert.Error(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"x\""), "unavailable", retryable: true);
        Assert.Equal(1_000, error.GetProperty("retryAfterMs").GetInt32());
        using var response = await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HandshakeAsync(world));
        using var metrics = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Empty(world.Sessions.Arrived);

        limits.Away = false;
        WireAssert.Ack(await client.AskAsync("message.send", "\"session\":\"s\",\"text\":\"x\""));
    }

    [Fact]
    public async Task NoLimits_NobodyIsAsked()
    {
        limits.Away = true;
        await using var world = await World.StartAsync(
            services => services.AddSingleton<IRateLimits>(limits), ("Access:Limits:CommandsPerSecond", 0), ("Access:Limits:Connections", 1));
        await using var client = await WireClient.ConnectAsync(world);

        WireAssert.Ack(await client.AskAsync("ping"));
    }

    private static async Task<HttpStatusCode> HandshakeAsync(World world)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.CollectHttpResponseDetails = true;
        using var patience = new CancellationTokenSource(World.Patience);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(world.WebSocketAddress, patience.Token));
        return socket.HttpStatusCode;
    }

    private Task<World> StartAsync() => World.StartAsync(services => services.AddSingleton<IRateLimits>(limits).AddSingleton<IUseLimits>(limits));
}
