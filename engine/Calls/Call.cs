using System.Collections.Immutable;
using ToolRuntime.Engine.Activations;

namespace ToolRuntime.Engine.Calls;

/// <summary>One call of a grain method.</summary>
internal abstract class Call(GrainMethod method, GrainReference target, object?[] arguments) : Request
{
    private readonly ImmutableDictionary<string, object>? context = RequestContext.Current;
    private CancellationTokenRegistration callerCancels;
    private CancellationTokenSource? calleeCancellation;
    private Activation? runsOn;

    public GrainMethod Method { get; } = method;

    public GrainId Target { get; } = target.GrainId;

    public CallRuntime Runtime { get; } = target.Runtime;

    public sealed override bool AlwaysInterleaves => Method.AlwaysInterleaves;

    public sealed override bool IsReadOnly => Method.IsReadOnly;

    public sealed override ImmutableDictionary<string, object>? Context => context;

    /// <summary>Place among the calls that wait equally long; owned by <see cref="ResponseTimeouts"/>.</summary>
    internal TimeoutLink Link;

    public sealed override Task Invoke(Activation activation)
    {
        runsOn = activation;
        if (Method.CancellationIndex >= 0)
            arguments[Method.CancellationIndex] = CalleeToken();
        return Method.Invoke(activation.GrainInstance!, arguments);
    }

    public void WatchCancellation(CancellationToken token)
    {
        callerCancels = token.UnsafeRegister(static (call, cancelled) => ((Call)call!).CancelledByCaller(cancelled), this);
        if (IsAbandoned)
            callerCancels.Dispose();
    }

    public void TimeOut(TimeSpan waited)
    {
        Fail(new TimeoutException($"No response from {Target} to {Method.Name} within {waited}."), null);
        CancelCallee();
    }

    /// <summary>The caller has its answer; nothing else may change it.</summary>
    protected void Answered()
    {
        if (Link.IsLinked)
            Runtime.Timeouts.Remove(this);
        if (callerCancels != default)
            callerCancels.Dispose();
    }

    protected abstract void CancelAnswer(CancellationToken token);

    private void CancelledByCaller(CancellationToken token)
    {
        CancelAnswer(token);
        CancelCallee();
    }

    // The callee's token is its own: its callbacks run in the callee's turn, not on the thread that cancels.
    private CancellationToken CalleeToken()
    {
        var source = Interlocked.CompareExchange(ref calleeCancellation, new(), null) ?? calleeCancellation;
        return source.Token;
    }

    private void CancelCallee()
    {
        if (Method.CancellationIndex < 0)
            return;
        var source = Interlocked.CompareExchange(ref calleeCancellation, new(), null) ?? calleeCancellation;
        if (runsOn is { } activation)
            activation.Run(source.Cancel);
        else
            source.Cancel();
    }
}
