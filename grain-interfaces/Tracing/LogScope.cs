using System.Collections;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tracing;

/// <summary>What log lines are about: <c>Tenant</c>, <c>Session</c> and, where the work is part of one, <c>Trace</c>. What is empty is left out.</summary>
public sealed class LogScope : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] values;

    private LogScope(SessionKey session, string? traceparent)
    {
        KeyValuePair<string, object?>[] known =
            [new("Tenant", session.Tenant), new("Session", session.Session), new("Trace", TraceContext.IdOf(traceparent))];
        values = Array.FindAll(known, one => one.Value is string { Length: > 0 });
    }

    /// <inheritdoc/>
    public int Count => values.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => values[index];

    /// <summary>Begins it for whatever is logged until the result is disposed of; for work that lasts, such as an attempt of a tool.</summary>
    public static IDisposable? Begin(ILogger logger, SessionKey session, string? traceparent = null) =>
        logger.BeginScope(new LogScope(session, traceparent));

    /// <summary>A logger whose every line is about the session. Costs nothing but where something is logged.</summary>
    public static ILogger Of(ILogger logger, SessionKey session) => new AboutSession(logger, session);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, object?>>)values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => values.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', values.Select(value => $"{value.Key}:{value.Value}"));

    private sealed class AboutSession(ILogger inner, SessionKey session) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using (Begin(inner, session)) inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
