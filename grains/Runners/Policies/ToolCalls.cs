using Microsoft.Extensions.Options;
using ToolRuntime.Jobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// Calls of tools under their policies: the cap before the attempt starts, then the cache, then the circuit breaker, then the tool.
/// </summary>
internal sealed class ToolCalls(ToolCatalog catalog, ToolPolicies policies, ResultCache cache, ExecutionShares shares, ToolMeter meter, IOptions<RunnerOptions> options, TimeProvider time) : IDisposable
{
    private readonly RunSlots processes = new(options.Value.MaxProcesses, options.Value.PriorityAging, time);

    /// <summary>Refuses wrong settings of any tool; for the host's start.</summary>
    /// <exception cref="OptionsValidationException">A tool's section has a wrong value.</exception>
    /// <param name="copies">Whether workspaces are copies that silos have, each of its own sessions.</param>
    public void Check(bool copies = false)
    {
        foreach (var descriptor in catalog.Descriptors)
        {
            if (policies.For(descriptor.Name).Options.Pool is null || !copies) continue;
            throw new OptionsValidationException(descriptor.Name, typeof(ToolPolicyOptions), [$"ToolRuntime:Tools:{descriptor.Name}:Pool needs workspaces in a folder that all silos share (ToolRuntime:Workspaces:Path), not in a store."]);
        }
    }

    /// <summary>Waits, in order, for what an attempt needs to start. A call whose result is there already needs nothing.</summary>
    public async ValueTask<Admission> AdmitAsync(
        SessionKey session, string tool, JsonText arguments, bool startsProcess, ExecutionAccount? account, JobPriority priority, CancellationToken cancellationToken)
    {
        var known = catalog.Find(tool);
        var policy = known is null ? null : policies.For(tool);
        var slots = policy?.Slots;
        if (slots is null && !startsProcess && account is not { Limit: > 0 }) return Admission.Free;
        if (known is not null && policy!.CacheFor(known.Descriptor) is { Ticks: > 0 } reused
            && await cache.FindAsync(ResultCache.Key(session, tool, arguments), reused).ConfigureAwait(false) is { } hit)
        {
            return new(Hit: hit);
        }

        using var waiting = meter.Waiting(tool, priority, policy?.Options.Pool);
        // This order everywhere: who holds a process's slot waits for nothing more, and who waits for its own subject holds up nobody else.
        var share = await shares.TakeAsync(session.Tenant, account, priority, cancellationToken).ConfigureAwait(false);
        RunSlot? slot = null;
        try
        {
            slot = slots is null ? null : await slots.AcquireAsync(priority, cancellationToken).ConfigureAwait(false);
            return new(share, slot, startsProcess ? await processes.AcquireAsync(priority, cancellationToken).ConfigureAwait(false) : null);
        }
        catch
        {
            slot?.Dispose();
            share?.Dispose();
            throw;
        }
    }

    /// <summary>Runs an attempt's call. What the tool throws comes out as it is.</summary>
    public async Task<(ToolResult Result, CacheHit? Hit)> RunAsync(
        RunnerSpec spec, Admission admission, RunnerContext context, CancellationToken cancellationToken)
    {
        if (catalog.Find(spec.Tool) is not { } tool) return (ToolResult.Failure(catalog.WhyMissing(spec.Tool)), null);

        var policy = policies.For(spec.Tool);
        var lifetime = policy.CacheFor(tool.Descriptor);
        if (lifetime == TimeSpan.Zero) return (await GuardAsync(), null);

        var (result, hit) = admission.Hit is { } admitted
            ? (admitted.Result, admitted)
            : await cache.GetOrRunAsync(
                ResultCache.Key(spec.Session, spec.Tool, spec.Arguments), lifetime, GuardAsync, cancellationToken, spec.Session)
                .ConfigureAwait(false);
        meter.CacheAsked(spec.Tool, hit is not null);
        return (result, hit);

        Task<ToolResult> GuardAsync()
        {
            var call = new ToolCall(spec.Tool, spec.Arguments.ToElement());
            return policy.Circuits is { } circuits && tool.CircuitOf(call) is { } circuit
                ? circuits.RunAsync(
                    circuit, () => tool.ExecuteAsync(call, context, cancellationToken), () => context.TimedOut, cancellationToken)
                : tool.ExecuteAsync(call, context, cancellationToken);
        }
    }

    public void Dispose() => processes.Dispose();
}
