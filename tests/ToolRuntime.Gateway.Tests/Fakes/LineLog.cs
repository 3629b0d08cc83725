using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>Collects what this system logs from information on, with the scopes of each line.</summary>
internal sealed class LineLog : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<LoggedLine> Lines { get; } = new();

    public IEnumerable<LoggedLine> Of(int id) => Lines.Where(line => line.Id == id);

    public ILogger CreateLogger(string categoryName) => new SomeLogger(this, categoryName.StartsWith("ToolRuntime", StringComparison.Ordinal));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
        // nothing to give back
    }

    private sealed class SomeLogger(LineLog all, bool ours) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => all.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => ours && logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var about = new Dictionary<string, string>();
            all.scopes.ForEachScope(Add, about);
            all.Lines.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), about));
        }

        private static void Add(object? scope, Dictionary<string, string> about)
        {
            foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? []) about[name] = value?.ToString() ?? "";
        }
    }
}

/// <summary>One line of the log.</summary>
internal sealed record LoggedLine(int Id, LogLevel Level, string Text, IReadOnlyDictionary<string, string> About);
