using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>Meters that nobody looks at.</summary>
internal sealed class Meters : IMeterFactory
{
    public static readonly Meters Instance = new();

    private readonly Meter meter = new("simulation");

    public Meter Create(MeterOptions options) => meter;

    public void Dispose()
    {
    }
}

/// <summary>No tool has a policy of its own.</summary>
internal sealed class NoPolicies : IOptionsMonitor<ToolPolicyOptions>
{
    public static readonly NoPolicies Instance = new();

    public ToolPolicyOptions CurrentValue { get; } = new();

    public ToolPolicyOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<ToolPolicyOptions, string?> listener) => null;
}

/// <summary>The product's log, as part of the history's.</summary>
internal sealed class TraceLogger<T>(Node node) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => node.World.Traces;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (node.World.Traces) node.World.Trace($"{node.Name} {typeof(T).Name}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
    }
}
