using Microsoft.AspNetCore.Hosting.Server.Features;
using StackExchange.Redis;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Streams.Redis;
using IServer = Microsoft.AspNetCore.Hosting.Server.IServer;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>Says to the other gateways where this one is, as long as it takes clients, and learns where they are. One that is killed is
/// named no more after a while; that pages came from it is known for longer.</summary>
internal sealed partial class PeerWatch(
    ClusterConnection cluster, GatewayPeers peers, IServer server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<PeerWatch> logger) : BackgroundService
{
    private const int NamedSeconds = 10;
    private const int OriginSeconds = 86_400;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>By the clock of Redis, which is the same for all.</summary>
    private const string Refresh =
        """
        local now = tonumber(redis.call('TIME')[1])
        local gone = now - tonumber(ARGV[2]) - 1
        if ARGV[1] ~= '' then redis.call('ZADD', KEYS[1], ARGV[4] == 'leave' and gone or now, ARGV[1]) end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
        return {redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. gone, '+inf'), redis.call('ZRANGE', KEYS[1], 0, -1)}
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
            do await RefreshAsync("stay");
            while (await timer.WaitForNextTickAsync(leaving.Token));
        }
        catch (OperationCanceledException)
        {
            if (own.Length > 0) await RefreshAsync("leave");
        }
    }

    /// <summary>Where browsers reach this gateway: as set, or else where it listens, if that is one address.</summary>
    private string? Own()
    {
        IEnumerable<string> urls = cluster.Options.PublicUrl is { } set ? [set.AbsoluteUri] : server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return urls.Select(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host is not ("[::]" or "0.0.0.0" or "+" or "*") ? uri.GetLeftPart(UriPartial.Authority) : null)
            .FirstOrDefault(url => url is not null);
    }

    private async Task RefreshAsync(string intent)
    {
        try
        {
            var lists = (RedisResult[])(await cluster.Redis.GetDatabase().ScriptEvaluateAsync(Refresh, [key], [own, NamedSeconds, OriginSeconds, intent]))!;
            peers.Set((string[])lists[0]!, (string[])lists[1]!);
            failing = false;
        }
        catch (Exception exception) when (RedisFault.Is(exception))
        {
            if (!failing) LogFailed(exception);
            failing = true; // those that were known may still be there
        }
    }

    [LoggerMessage(4020, LogLevel.Warning, "The other gateways can't be asked for just now.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(4021, LogLevel.Warning, "This gateway listens on no address that clients could be told; set ToolRuntime:Cluster:PublicUrl so that they can come here when another stops.")]
    private partial void LogNoAddress();
}
