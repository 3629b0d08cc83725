using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>A runner host with one fake tool, its policy, a fake clock and a workspace folder of its own.</summary>
internal sealed class RunnerFixture : IAsyncDisposable
{
    /// <summary>Longer than anything here takes; only a failing test waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static readonly SessionKey Session = new("acme", "s1");

    private readonly string folder = Directory.CreateTempSubdirectory("runners-").FullName;
    private readonly ServiceProvider services;

    public RunnerFixture(Func<ToolCall, IToolContext, CancellationToken, Task<ToolResult>> execute, Action<RunnerOptions>? configure = null, params string[] secrets)
        : this(new FakeTool(execute), configure: configure, secrets: secrets)
    {
    }

    /// <summary>With another catalogue; the fake tool is not in it.</summary>
    public RunnerFixture(ToolCatalog catalog)
        : this(new FakeTool((_, _, _) => Task.FromResult(FakeTool.Done)), catalog: catalog)
    {
    }

    public RunnerFixture(FakeTool tool, Action<ToolPolicyOptions>? policy = null, Action<RunnerOptions>? configure = null, ToolCatalog? catalog = null, params string[] secrets)
    {
        Tool = tool;
        var made = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Time).AddSingleton<ITool>(Tool);
        made.AddToolRunners(
            options =>
            {
                options.StopSeconds = 1;
                configure?.Invoke(options);
            },
            workspaces => workspaces.DataPath = folder);
        made.AddSingleton(Meter.Factory).AddSingleton(new Redactor(secrets, TokenPattern.Common));
        if (catalog is not null) made.AddSingleton(catalog);
        made.AddSingleton<ILogger<RunnerHost>>(Logger).AddSingleton<ILogger<ToolRunner>>(new KeptLogger<ToolRunner>(Logger.Lines));
        if (policy is not null) made.Configure(tool.Descriptor.Name, policy);
        services = made.BuildServiceProvider();
        Host = services.GetRequiredService<RunnerHost>();
    }

    public FakeTool Tool { get; }

    public MeterWatch Meter { get; } = new();

    public CountingTimeProvider Time { get; } = new();

    public FakeSink Sink { get; } = new();

    public KeptLogger<RunnerHost> Logger { get; } = new([]);

    public RunnerHost Host { get; }

    public bool Start(string execution = "e1", int attempt = 1, string tool = "fake", FakeSink? sink = null, Admission? admission = null, bool takesInput = false) =>
        Host.Start(new(Session, execution, attempt, tool, JsonText.EmptyObject, Time.GetUtcNow().AddMinutes(1), takesInput), sink ?? Sink, admission ?? Admission.Free);

    public Task<Admission> AdmitAsync(bool startsProcess = false, CancellationToken cancellationToken = default) =>
        Host.AdmitAsync(Session, Tool.Descriptor.Name, JsonText.EmptyObject, startsProcess, null, cancellationToken: cancellationToken).AsTask();

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
        await services.DisposeAsync();
        Meter.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    internal sealed class KeptLogger<T>(ConcurrentQueue<(LogLevel Level, int Id, Exception? Exception)> lines) : ILogger<T>
    {
        public ConcurrentQueue<(LogLevel Level, int Id, Exception? Exception)> Lines => lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue((logLevel, eventId.Id, exception));
    }
}
