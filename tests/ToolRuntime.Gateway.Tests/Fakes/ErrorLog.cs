using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>Collects what is logged as an error, the framework's too.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> errors = new();

    /// <summary>Takes what was logged; it counts as expected.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = errors.ToList();
        errors.Clear();
        return taken;
    }

    public void AssertNoneUnseen() => Assert.True(errors.IsEmpty, string.Join('\n', errors));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) errors.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
        // nothing to give back
    }
}
