using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Calls;

/// <summary>Where a call goes: to an activation of this process, or by a cluster's channels to another.</summary>
internal interface ICallRouter
{
    /// <summary>Delivers the call or fails it. Calls of one thread to one grain arrive in the order they were sent.</summary>
    void Send(Call call);
}

/// <summary>What the references of one host share.</summary>
internal sealed class CallRuntime(ICallRouter router, ResponseTimeouts timeouts, TimeSpan defaultTimeout, ILogger<CallRuntime> logger)
{
    public ICallRouter Router { get; } = router;

    public ResponseTimeouts Timeouts { get; } = timeouts;

    public TimeSpan DefaultTimeout { get; } = defaultTimeout;

    public ILogger Logger { get; } = logger;
}
