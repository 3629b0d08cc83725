using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>A runner host with one fake tool, a fake clock and a workspace folder of its own.</summary>
internal sealed class RunnerFixture : IAsyncDisposable
{
    /// <summary>Longer than anything here takes; only a failing test waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static readonly SessionKey Session = new("acme", "s1");

    private readonly string folder = Directory.CreateTempSubdirectory("runners-").FullName;

    public RunnerFixture(Func<ToolCall, IToolContext, CancellationToken, Task<ToolResult>> execute, Action<RunnerOptions>? configure = null, params string[] secrets)
        : this(new FakeTool(execute), null, configure, secrets)
    {
    }

    /// <summary>With another catalogue; the fake tool is not in it.</summary>
    public RunnerFixture(ToolCatalog catalog)
        : this(new FakeTool((_, _, _) => Task.FromResult(FakeTool.Done)), catalog, null, [])
    {
    }

    private RunnerFixture(FakeTool tool, ToolCatalog? catalog, Action<RunnerOptions>? configure, string[] secrets)
    {
        Tool = tool;
        configure?.Invoke(Options);
        var workspaces = new Workspaces(Microsoft.Extensions.Options.Options.Create(new WorkspaceOptions { Path = folder }));
        Host = new(catalog ?? new([Tool]), workspaces, new(secrets, TokenPattern.Common), Microsoft.Extensions.Options.Options.Create(Options), Time, Logger);
    }

    public FakeTool Tool { get; }

    public FakeTimeProvider Time { get; } = new();

    public RunnerOptions Options { get; } = new() { StopSeconds = 1 };

    public FakeSink Sink { get; } = new();

    public KeptLogger Logger { get; } = new();

    public RunnerHost Host { get; }

    public bool Start(string execution = "e1", int attempt = 1, string tool = "fake", FakeSink? sink = null, ProcessSlot? slot = null, bool takesInput = false) =>
        Host.Start(new(Session, execution, attempt, tool, JsonText.EmptyObject, Time.GetUtcNow().AddMinutes(1), takesInput), sink ?? Sink, slot);

    public void Advance(int milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Starts the attempt and waits for its end.</summary>
    public async Task<RunnerEnd> RunAsync()
    {
        Assert.True(Start());
        return await Sink.End.WaitAsync(Patience);
    }

    /// <summary>Moves the clock in small steps until the task ends: for what takes some time, but no certain one.</summary>
    public async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not end.");
            Advance(10);
            await Task.Yield();
        }

        return await task;
    }

    public async ValueTask DisposeAsync()
    {
        Sink.Release();
        var stopping = Host.StopAsync();
        if (!stopping.IsCompleted) Time.Advance(TimeSpan.FromSeconds(1));
        await stopping.WaitAsync(Patience);
        Host.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    internal sealed class KeptLogger : ILogger<RunnerHost>
    {
        public ConcurrentQueue<(LogLevel Level, int Id, Exception? Exception)> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, eventId.Id, exception));
    }
}
