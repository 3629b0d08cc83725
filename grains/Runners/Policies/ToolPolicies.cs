using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners.Policies;

/// <summary>What holds for all calls of one tool on this silo.</summary>
/// <param name="CacheFor">How long its results are reused; zero means never.</param>
/// <param name="Slots">Its cap; null where it has none.</param>
/// <param name="Circuits">Its breakers; null where they are switched off.</param>
internal sealed record ToolPolicy(TimeSpan CacheFor, RunSlots? Slots, ToolCircuits? Circuits);

/// <summary>The policies of all tools, by name.</summary>
internal sealed class ToolPolicies : IDisposable
{
    private readonly IOptionsMonitor<ToolPolicyOptions> options;
    private readonly ToolMeter meter;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, Lazy<ToolPolicy>> policies = new(StringComparer.Ordinal);

    public ToolPolicies(IOptionsMonitor<ToolPolicyOptions> options, ToolMeter meter, TimeProvider time, ILogger<ToolPolicies> logger)
    {
        (this.options, this.meter, this.time, this.logger) = (options, meter, time, logger);
        meter.ObserveBreakers(() => Made().Where(p => p.Policy.Circuits is not null).Select(p => (p.Tool, p.Policy.Circuits!.State)));
    }

    /// <exception cref="OptionsValidationException">The tool's section has a wrong value.</exception>
    public ToolPolicy For(ToolDescriptor tool) => policies.GetOrAdd(tool.Name, static (_, made) => new(() => made.policies.Create(made.tool)), (policies: this, tool)).Value;

    public void Dispose()
    {
        foreach (var (_, policy) in Made()) policy.Slots?.Dispose();
    }

    private IEnumerable<(string Tool, ToolPolicy Policy)> Made() => policies.Where(p => p.Value.IsValueCreated).Select(p => (p.Key, p.Value.Value));

    private ToolPolicy Create(ToolDescriptor tool)
    {
        var chosen = options.Get(tool.Name);
        // Only the tool knows whether its results may be shared; configuration says for how long.
        var cacheSeconds = tool.CacheSeconds == 0 ? 0 : chosen.CacheSeconds ?? tool.CacheSeconds;
        return new(
            TimeSpan.FromSeconds(cacheSeconds),
            chosen.MaxConcurrent == 0 ? null : new(chosen.MaxConcurrent),
            chosen.BreakerEnabled ? new(tool.Name, chosen, meter, time, logger) : null);
    }
}
