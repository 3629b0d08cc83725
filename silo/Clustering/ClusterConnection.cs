using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Clustering;

/// <summary>What joins a process to its cluster: the settings, checked, and a connection to Redis that stands before anything else
/// starts.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    /// <summary>The service of all clusters, by Orleans' word.</summary>
    public const string ServiceId = "toolruntime";

    private ClusterConnection(ClusterHostOptions options, IPAddress address, ConfigurationOptions redisOptions, ConnectionMultiplexer redis) =>
        (Options, Address, RedisOptions, Redis) = (options, address, redisOptions, redis);

    public ClusterHostOptions Options { get; }

    /// <summary>Where a silo listens.</summary>
    public IPAddress Address { get; }

    /// <summary>For those who make connections of their own.</summary>
    public ConfigurationOptions RedisOptions { get; }

    public IConnectionMultiplexer Redis { get; }

    /// <summary>Certificates of both sides, where they are configured.</summary>
    public CertificateFiles? Certificates { get; private init; }

    /// <summary>Connects where <c>--redis</c> is given; null where it is not.</summary>
    /// <exception cref="StartupRefusedException">A setting is wrong, or Redis does not answer.</exception>
    public static async Task<ClusterConnection?> OpenAsync(IConfiguration configuration)
    {
        if ((configuration[ClusterHostOptions.Redis] ?? configuration["ToolRuntime:Redis:Configuration"]) is not { Length: > 0 } text) return null;
        var options = configuration.GetSection(ClusterHostOptions.Section).Get<ClusterHostOptions>() ?? new();
        var redis = ReadRedis(text);
        var address = Check(options);
        var certificates = CertificateFiles.Open(options);
        try
        {
            return new(options, address, redis, await ConnectionMultiplexer.ConnectAsync(redis)) { Certificates = certificates };
        }
        catch (RedisConnectionException exception)
        {
            throw new StartupRefusedException($"No Redis answers at {string.Join(", ", redis.EndPoints)} (--redis): {exception.FailureType}.", exception);
        }
    }

    public ValueTask DisposeAsync() => Redis.DisposeAsync();

    private static ConfigurationOptions ReadRedis(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            if (options.EndPoints.Count == 0) throw new StartupRefusedException($"--redis '{text}' names no server; it takes such as localhost:6379.");
            options.ClientName ??= "toolruntime";
            return options;
        }
        catch (ArgumentException exception)
        {
            throw new StartupRefusedException($"--redis: {exception.Message} It takes such as localhost:6379 or redis.example.com:6380,password=..,ssl=true.", exception);
        }
    }

    private static IPAddress Check(ClusterHostOptions options)
    {
        var mistakes = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new(options), mistakes, validateAllProperties: true)) throw Refusal(string.Join(' ', mistakes.Select(mistake => mistake.ErrorMessage)));
        if (!IPAddress.TryParse(options.Address, out var address)) throw Refusal($"Address '{options.Address}' is no IP address.");
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) throw Refusal($"Address must be one at which others reach this silo; {address} is none.");
        if (options.SiloPort != 0 && options.SiloPort == options.GatewayPort) throw Refusal($"SiloPort and GatewayPort are both {options.SiloPort}.");
        if (options.PublicUrl is { } url && !(url.IsAbsoluteUri && url.Scheme is "http" or "https")) throw Refusal($"PublicUrl '{url}' is no http or https address.");
        if (options.CertificateFile is null != options.AuthorityFile is null) throw Refusal("CertificateFile and AuthorityFile go together.");
        if (options.KeyFile is not null && options.CertificateFile is null) throw Refusal("KeyFile is of no use without CertificateFile.");
        if (!IPAddress.IsLoopback(address) && options.CertificateFile is null && !options.PrivateNetwork)
        {
            throw Refusal(
                $"Whoever reaches a silo's ports can do everything. On {address} it listens only with certificates of both sides (CertificateFile, AuthorityFile), "
                + "or where PrivateNetwork=true says that nobody else gets there.");
        }

        return address;
    }

    private static StartupRefusedException Refusal(string mistake) => new($"{ClusterHostOptions.Section}: {mistake}");
}
