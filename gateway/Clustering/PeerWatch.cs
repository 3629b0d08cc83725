using Microsoft.AspNetCore.Hosting.Server.Features;
using StackExchange.Redis;
using ToolRuntime.Silo.Clustering;
using IServer = Microsoft.AspNetCore.Hosting.Server.IServer;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>Says to the other gateways where this one is, as long as it takes clients, and learns where they are. One that is killed is
/// forgotten after a while.</summary>
internal sealed partial class PeerWatch(
    ClusterConnection cluster, GatewayPeers peers, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PeerWatch> logger) : BackgroundService
{
    private const int ForgottenAfterSeconds = 10;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>By the clock of Redis, which is the same for all.</summary>
    private const string Refresh =
        """
        local now = tonumber(redis.call('TIME')[1])
        if ARGV[1] ~= '' then redis.call('ZADD', KEYS[1], now, ARGV[1]) end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
        return redis.call('ZRANGE', KEYS[1], 0, -1)
        """;

    private readonly RedisKey key = $"{cluster.Options.Id}:gateways";
    private string own = "";
    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            own = Own() ?? "";
            if (own.Length == 0) LogNoAddress();
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
            do await RefreshAsync();
            while (await timer.WaitForNextTickAsync(leaving.Token));
        }
        catch (OperationCanceledException)
        {
            await LeaveAsync();
        }
    }

    /// <summary>Where browsers reach this gateway: as set, or else where it listens, if that is one address.</summary>
    private string? Own()
    {
        IEnumerable<string> urls = cluster.Options.PublicUrl is { } set ? [set.AbsoluteUri] : server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return urls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host is not ("[::]" or "0.0.0.0" or "+" or "*") ? uri.GetLeftPart(UriPartial.Authority) : null)
            .FirstOrDefault(url => url is not null);
    }

    private async Task RefreshAsync()
    {
        try
        {
            var all = (RedisValue[])(await cluster.Redis.GetDatabase().ScriptEvaluateAsync(Refresh, [key], [own, ForgottenAfterSeconds]))!;
            peers.Set(all.Select(url => url.ToString()));
            failing = false;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            if (!failing) LogFailed(exception);
            failing = true; // those that were known may still be there
        }
    }

    private async Task LeaveAsync()
    {
        if (own.Length == 0) return;
        try
        {
            await cluster.Redis.GetDatabase().SortedSetRemoveAsync(key, own);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(4020, LogLevel.Warning, "The other gateways can't be asked for just now.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(4021, LogLevel.Warning, "This gateway listens on no address that clients could be told; set ToolRuntime:Cluster:PublicUrl so that they can come here when another stops.")]
    private partial void LogNoAddress();
}
