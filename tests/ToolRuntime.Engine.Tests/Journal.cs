using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Tests;

/// <summary>What happened, in order; a test can wait for it.</summary>
public sealed class Journal
{
    private readonly Lock gate = new();
    private readonly List<(Func<ImmutableList<string>, bool> Until, TaskCompletionSource Reached)> waiting = [];
    private ImmutableList<string> entries = [];

    public ImmutableList<string> Entries
    {
        get
        {
            lock (gate)
                return entries;
        }
    }

    public void Add(string entry)
    {
        lock (gate)
        {
            entries = entries.Add(entry);
            foreach (var waiter in waiting.Where(waiter => waiter.Until(entries)))
                waiter.Reached.TrySetResult();
        }
    }

    public Task UntilAsync(string entry) => UntilAsync(all => all.Contains(entry));

    public Task UntilCountAsync(int count) => UntilAsync(all => all.Count >= count);

    private Task UntilAsync(Func<ImmutableList<string>, bool> until)
    {
        lock (gate)
        {
            if (until(entries))
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((until, reached));
            return reached.Task.WaitAsync(Waits.Long);
        }
    }
}

/// <summary>Keeps what the silo logs.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    public Journal Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose()
    {
    }

    private sealed class Recorder(LogRecorder owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Lines.Add($"{eventId.Id} {formatter(state, exception)} {exception?.Message}".TrimEnd());
    }
}
