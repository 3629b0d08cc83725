using System.Net;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Streams.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// The process's connections: one for writes, and one for reads, so that no append waits behind a long page. What fails is told the
/// store's watch and thrown as <see cref="SessionLogUnavailableException"/>. Nothing is queued while there is no connection, and nothing
/// is sent a second time.
/// </summary>
internal sealed partial class RedisLogConnection : IAsyncDisposable
{
    private static readonly Version Oldest = new(7, 0), WaitAof = new(7, 2);

    private readonly RedisSessionLogOptions options;
    private readonly ILogger logger;
    private readonly StoreWatch watch;
    private ConnectionMultiplexer? writing, reading;
    private volatile bool closed;

    public RedisLogConnection(RedisSessionLogOptions options, StoreHealth health, ILogger logger)
    {
        (this.options, this.logger) = (options, logger);
        watch = new("sessions", health, logger, RedisFaults.Reason, ProbeAsync);
    }

    /// <summary>For what its users do by the way.</summary>
    public ILogger Logger => logger;

    /// <summary>The server that has a key.</summary>
    public IServer ServerOf(RedisKey key)
    {
        try
        {
            return Require(writing).GetServer(key, flags: CommandFlags.DemandMaster);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw Failed("The session log could not be written.", e);
        }
    }

    /// <summary>Those of its replicas that are connected.</summary>
    public IEnumerable<IServer> ReplicasOf(IServer master)
    {
        var node = master.ClusterConfiguration?[master.EndPoint];
        return Servers.Where(server => server.IsReplica
            && (node is null || node.Children.Any(child => Equals(child.EndPoint, server.EndPoint))));
    }

    /// <exception cref="SessionLogUnavailableException">Redis can't be reached, or is not as it has to be; the message says
    /// which.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var configuration = Configure();
        try
        {
            writing = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellationToken).ConfigureAwait(false);
            reading = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var server in Servers) await CheckAsync(server).ConfigureAwait(false);
            writing.ConnectionFailed += (_, lost) => Lost(lost);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && (e is ArgumentException || RedisFault.Is(e)))
        {
            var places = string.Join(", ", configuration.EndPoints.Select(Name));
            var reason = RedisFaults.Reason(e) ?? "it reports an error";
            var message = $"The session log's Redis at {places} can't be used: {reason}. {e.Message}";
            throw new SessionLogUnavailableException(message, RedisFaults.Portable(e));
        }
    }

    public Task<RedisResult> WriteAsync(LogScript script, RedisKey[] keys, RedisValue[] values, CommandFlags flags = CommandFlags.None) =>
        GuardAsync(writing, database => EvaluateAsync(database, script, keys, values, flags), "The session log could not be written.");

    public Task<T> WriteAsync<T>(Func<IDatabase, Task<T>> write) => GuardAsync(writing, write, "The session log could not be written.");

    public Task<RedisResult> ReadAsync(LogScript script, RedisKey[] keys, RedisValue[] values) =>
        ReadAsync(database => EvaluateAsync(database, script, keys, values, CommandFlags.None));

    public Task<T> ReadAsync<T>(Func<IDatabase, Task<T>> read) => GuardAsync(reading, read, "The session log could not be read.");

    /// <summary>Tells the watch of a fault, and gives what callers are to get for it.</summary>
    public SessionLogUnavailableException Failed(string message, Exception e) =>
        closed ? Closed() : watch.Failed(message, e, RedisFaults.Portable(e));

    public async ValueTask DisposeAsync()
    {
        closed = true;
        watch.Dispose();
        if (writing is not null) await writing.DisposeAsync().ConfigureAwait(false);
        if (reading is not null) await reading.DisposeAsync().ConfigureAwait(false);
    }

    private IEnumerable<IServer> Servers => Require(writing).GetServers().Where(server => server.IsConnected);

    private static SessionLogUnavailableException Closed() => new("The session log is closed.");

    private static string Name(EndPoint place) => place is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{place}";

    private ConnectionMultiplexer Require(ConnectionMultiplexer? multiplexer) =>
        closed ? throw Closed() : multiplexer ?? throw new SessionLogUnavailableException("The session log is not connected to Redis yet.");

    private ConfigurationOptions Configure()
    {
        var configuration = RedisConfiguration.Of(options.Configuration, options.TimeoutMs, options.ConnectTimeoutMs, "toolruntime-sessions");
        configuration.AllowAdmin = true; // INFO, BGREWRITEAOF
        return configuration;
    }

    /// <summary>Refuses a server that can't keep what the settings promise, and warns of one that may lose what it has.</summary>
    private async Task CheckAsync(IServer server)
    {
        var name = Name(server.EndPoint);
        if (server.Version < Oldest)
        {
            throw new SessionLogUnavailableException($"The session log needs Redis {Oldest} or newer; {name} is {server.Version}.");
        }

        var info = await RedisInfo.ReadAsync(server, "persistence").ConfigureAwait(false);
        var appends = info["aof_enabled"] == "1";
        if (options.Fsync && server.Version < WaitAof)
        {
            throw new SessionLogUnavailableException($"The setting Fsync (WAITAOF) needs Redis 7.2 or newer; {name} is {server.Version}.");
        }

        if (options.Fsync && !appends)
        {
            throw new SessionLogUnavailableException($"The setting Fsync (WAITAOF) needs appendonly yes; {name} has no append-only file.");
        }

        if (!appends) LogNoFile(logger, name);
        var memory = await RedisInfo.ReadAsync(server, "memory").ConfigureAwait(false);
        if (memory["maxmemory_policy"] is { } policy && policy.StartsWith("allkeys", StringComparison.Ordinal))
        {
            LogEvicts(logger, name, policy);
        }
    }

    /// <summary>Tells the watch, also while nobody asks for anything.</summary>
    private void Lost(ConnectionFailedEventArgs lost)
    {
        if (closed || lost.ConnectionType != ConnectionType.Interactive || lost.EndPoint is not { } place) return;
        if (writing!.GetServer(place).IsReplica) return;
        const string Message = "The connection was lost.";
        _ = Failed(Message, lost.Exception ?? new RedisConnectionException(lost.FailureType, Message));
    }

    private async Task<T> GuardAsync<T>(ConnectionMultiplexer? multiplexer, Func<IDatabase, Task<T>> run, string message)
    {
        try
        {
            return await run(Require(multiplexer).GetDatabase()).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw Failed(message, e);
        }
    }

    private static async Task<RedisResult> EvaluateAsync(IDatabase database, LogScript script, RedisKey[] keys, RedisValue[] values,
        CommandFlags flags)
    {
        try
        {
            return await script.EvaluateAsync(database, keys, values, flags).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (RedisFaults.IsArchived(e))
        {
            throw new LogArchivedException();
        }
    }

    private async Task<string?> ProbeAsync()
    {
        await WriteAsync(database => database.StringSetAsync($"{options.KeyPrefix}probe", 1)).ConfigureAwait(false);
        await ReadAsync(database => database.PingAsync()).ConfigureAwait(false);
        var whole = Require(writing).GetServers().All(server => server.IsConnected || server.IsReplica);
        return whole ? null : "a part of its cluster can't be reached";
    }

    [LoggerMessage(2101, LogLevel.Warning, "Redis at {Server} keeps no append-only file: what it has not saved goes with its process.")]
    private static partial void LogNoFile(ILogger logger, string server);

    [LoggerMessage(2102, LogLevel.Warning,
        "Redis at {Server} has maxmemory-policy {Policy}: it throws sessions away when its memory is full. Set noeviction.")]
    private static partial void LogEvicts(ILogger logger, string server, string policy);
}
