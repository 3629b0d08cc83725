using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners.Policies;

/// <summary>
/// The circuit breakers of one tool: one for each thing outside that its calls name (<see cref="ITool.CircuitOf"/>), usually the tool as a
/// whole. What counts as a failure is the fault of what the tool uses: a retryable error, a lost transport, a time-out. Wrong arguments and
/// non-zero exits do not.
/// </summary>
internal sealed partial class ToolCircuits(string tool, ToolPolicyOptions options, ToolMeter meter, TimeProvider time, ILogger logger)
{
    /// <summary>Names come from arguments, so their number needs a bound.</summary>
    private const int MaxCircuits = 1_000;

    private readonly ConcurrentDictionary<string, Circuit> circuits = new(StringComparer.Ordinal);

    /// <summary>The worst of the states: 0 closed, 1 half open, 2 open.</summary>
    public int State => circuits.Values.Select(circuit => Rank(circuit.State.CircuitState)).DefaultIfEmpty().Max();

    /// <summary>Runs a call, or refuses it.</summary>
    /// <param name="name">The circuit.</param>
    /// <param name="run">The call.</param>
    /// <param name="timedOut">Whether it was cancelled because it took too long, asked when it ends.</param>
    /// <param name="cancellationToken">The call's.</param>
    public async Task<ToolResult> RunAsync(
        string name, Func<Task<ToolResult>> run, Func<bool> timedOut, CancellationToken cancellationToken)
    {
        var circuit = circuits.GetValueOrDefault(name) ?? Add(name);
        circuit.UsedAt = time.GetTimestamp();
        Ran ran;
        try
        {
            ran = await circuit.Pipeline.ExecuteAsync(static (call, _) => TryAsync(call.run, call.timedOut), (run, timedOut), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException refusal)
        {
            return ToolResult.Failure(Refused(refusal.RetryAfter));
        }

        ran.Thrown?.Throw();
        return ran.Result!;
    }

    private static async ValueTask<Ran> TryAsync(Func<Task<ToolResult>> run, Func<bool> timedOut)
    {
        try
        {
            var result = await run().ConfigureAwait(false);
            return new(result, null, result.Error is { Retryable: true } or { Code: ToolErrorCodes.ConnectTimeout }
                ? Verdict.Fault
                : Verdict.Fine);
        }
        catch (OperationCanceledException e) when (e.InnerException is not TimeoutException)
        {
            return new(null, ExceptionDispatchInfo.Capture(e), timedOut() ? Verdict.Fault : Verdict.Unknown);
        }
        catch (Exception e)
        {
            return new(null, ExceptionDispatchInfo.Capture(e), ToolExceptionClassifier.Classify(e).Retryable
                ? Verdict.Fault
                : Verdict.Fine);
        }
    }

    private static int Rank(CircuitState state) => state switch
    {
        CircuitState.Closed => 0,
        CircuitState.HalfOpen => 1,
        _ => 2,
    };

    private ToolError Refused(TimeSpan? retryAfter)
    {
        var wait = retryAfter is { } left ? (long)Math.Ceiling(left.TotalMilliseconds) : (long?)null;
        var when = wait is null ? "one call is trying whether it works again" : $"calls are let through again in {(wait + 999) / 1_000} s";
        return new(ToolErrorCodes.CircuitOpen, $"The tool '{tool}' failed too often of late; {when}.", Retryable: true, wait);
    }

    private Circuit Add(string name)
    {
        if (circuits.Count >= MaxCircuits)
        {
            // Closed ones first: they forget the least.
            foreach (var old in circuits.OrderBy(c => Rank(c.Value.State.CircuitState)).ThenBy(c => c.Value.UsedAt).Take(MaxCircuits / 4))
            {
                circuits.TryRemove(old);
            }
        }

        return circuits.GetOrAdd(name, Create);
    }

    private Circuit Create(string name)
    {
        var state = new CircuitBreakerStateProvider();
        var builder = new ResiliencePipelineBuilder<Ran> { TimeProvider = time };
        builder.AddCircuitBreaker(new()
        {
            FailureRatio = options.BreakerFailureRatio,
            MinimumThroughput = options.BreakerMinimumCalls,
            SamplingDuration = options.BreakerSampling,
            BreakDuration = options.BreakerBreak,
            StateProvider = state,
            // A try that was cancelled has shown nothing: the breaker stays open.
            ShouldHandle = call => new(call.Outcome.Result.Verdict == Verdict.Fault
                || (call.Outcome.Result.Verdict == Verdict.Unknown && state.CircuitState == CircuitState.HalfOpen)),
            OnOpened = _ => Changed(name, "open"),
            OnHalfOpened = _ => Changed(name, "half_open"),
            OnClosed = _ => Changed(name, "closed"),
        });
        return new(builder.Build(), state);
    }

    private ValueTask Changed(string name, string to)
    {
        meter.BreakerChanged(tool, to);
        LogChanged(logger, tool, name, to);
        return default;
    }

    /// <summary>What a call says about what it used.</summary>
    private enum Verdict
    {
        Fine,
        Fault,
        Unknown,
    }

    private readonly record struct Ran(ToolResult? Result, ExceptionDispatchInfo? Thrown, Verdict Verdict);

    private sealed record Circuit(ResiliencePipeline<Ran> Pipeline, CircuitBreakerStateProvider State)
    {
        public long UsedAt { get; set; }
    }
}
