using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners.Policies;

/// <summary>What holds for all calls of one tool on this silo.</summary>
/// <param name="Options">Its settings.</param>
/// <param name="Slots">Its cap; null where it has none.</param>
/// <param name="Circuits">Its breakers; null where they are switched off.</param>
internal sealed record ToolPolicy(ToolPolicyOptions Options, RunSlots? Slots, ToolCircuits? Circuits)
{
    /// <summary>
    /// How long results are reused; zero means never. Only the tool knows whether they may be at all; settings say for how long.
    /// </summary>
    public TimeSpan CacheFor(ToolDescriptor tool) =>
        tool.CacheSeconds == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Options.CacheSeconds ?? tool.CacheSeconds);
}

/// <summary>The policies of all tools, by name.</summary>
internal sealed class ToolPolicies : IDisposable
{
    private readonly IOptionsMonitor<ToolPolicyOptions> options;
    private readonly TimeSpan aging;
    private readonly ToolMeter meter;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, Lazy<ToolPolicy>> policies = new(StringComparer.Ordinal);

    public ToolPolicies(IOptionsMonitor<ToolPolicyOptions> options, IOptions<RunnerOptions> runners, ToolMeter meter, TimeProvider time, ILogger<ToolPolicies> logger)
    {
        aging = runners.Value.PriorityAging;
        (this.options, this.meter, this.time, this.logger) = (options, meter, time, logger);
        meter.ObserveBreakers(() => Breakers.Select(breaker => (breaker.Key, breaker.Value)));
    }

    /// <summary>The tools that have breakers and were called, with the state of the worst: 0 closed, 1 half open, 2 open.</summary>
    public IEnumerable<KeyValuePair<string, int>> Breakers =>
        Made().Where(p => p.Policy.Circuits is not null).Select(p => KeyValuePair.Create(p.Tool, p.Policy.Circuits!.State));

    /// <exception cref="OptionsValidationException">The tool's section has a wrong value.</exception>
    public ToolPolicy For(string tool) => policies.GetOrAdd(tool, static (tool, all) => new(() => all.Create(tool)), this).Value;

    public void Dispose()
    {
        foreach (var (_, policy) in Made()) policy.Slots?.Dispose();
    }

    private IEnumerable<(string Tool, ToolPolicy Policy)> Made() =>
        policies.Where(p => p.Value.IsValueCreated).Select(p => (p.Key, p.Value.Value));

    private ToolPolicy Create(string tool)
    {
        var chosen = options.Get(tool);
        return new(
            chosen,
            chosen.MaxConcurrent == 0 ? null : new(chosen.MaxConcurrent, aging, time),
            chosen.BreakerEnabled ? new(tool, chosen, meter, time, logger) : null);
    }
}
