using Microsoft.Extensions.Options;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// The configured keys. A change of the configuration is taken whole or, where it has a mistake, not at all. Whether there are keys at all
/// is decided at start: a server with keys never becomes one that lets everybody in.
/// </summary>
internal sealed partial class KeyRing : IDisposable
{
    private readonly KeyUsages usages;
    private readonly TimeProvider time;
    private readonly ILogger<KeyRing> logger;
    private readonly IDisposable? subscription;
    private volatile KeyTable table;

    /// <exception cref="OptionsValidationException">The keys are not configured as they should be.</exception>
    public KeyRing(IOptionsMonitor<AccessOptions> options, KeyUsages usages, TimeProvider time, ILogger<KeyRing> logger)
    {
        (this.usages, this.time, this.logger) = (usages, time, logger);
        (table, var problems) = KeyTable.Build(options.CurrentValue, usages, time);
        if (problems.Count > 0) throw new OptionsValidationException(AccessOptions.Section, typeof(AccessOptions), problems);
        Keyless = table.IsEmpty;
        if (Keyless && options.CurrentValue.File is { Length: > 0 } file)
        {
            throw new StartupRefusedException(
                $"'{file}' holds no key below {AccessOptions.Section}:Keys, and no issuer; without them leave {AccessOptions.Section}:File out.");
        }

        Unkeyed = KeyLimits.Of(options.CurrentValue.Limits, options.CurrentValue.Limits);
        subscription = options.OnChange(Apply);
    }

    /// <summary>After the keys have changed.</summary>
    public event Action? Changed;

    /// <summary>Whether anyone is let in without credentials, which binds the server to the loopback addresses.</summary>
    public bool Keyless { get; }

    /// <summary>The limits of who needs no key.</summary>
    public KeyLimits Unkeyed { get; }

    public KeyTable Table => table;

    public void Dispose() => subscription?.Dispose();

    private void Apply(AccessOptions changed)
    {
        var (next, problems) = KeyTable.Build(changed, usages, time);
        if (problems.Count > 0)
        {
            LogRefused(string.Join(' ', problems));
        }
        else if (Keyless)
        {
            if (!next.IsEmpty) LogNeedsRestart();
        }
        else
        {
            table = next;
            LogApplied(next.Count);
            Changed?.Invoke();
        }
    }

    [LoggerMessage(5001, LogLevel.Information, "The configuration now has {Count} keys.")]
    private partial void LogApplied(int count);

    [LoggerMessage(5002, LogLevel.Error, "The changed configuration of keys has mistakes and is not used: {Problems}")]
    private partial void LogRefused(string problems);

    [LoggerMessage(5003, LogLevel.Warning, "Keys were configured while the server runs without any; they count after a restart.")]
    private partial void LogNeedsRestart();
}
