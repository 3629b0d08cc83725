using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>Configured servers as a silo has them.</summary>
internal sealed class McpHost : IAsyncDisposable, ILoggerProvider, IRedactor
{
    private readonly ServiceProvider services;

    private McpHost((string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Append(("ReconnectAfter", "00:00:00.05")).Select(s => KeyValuePair.Create($"Mcp:{s.Item1}", (string?)s.Item2))).Build();
        services = new ServiceCollection().AddLogging(logging => logging.AddProvider(this).SetMinimumLevel(LogLevel.Trace)).AddSingleton<IRedactor>(this)
            .AddBuiltInTools(configuration).AddMcpServers(configuration.GetSection("Mcp")).BuildServiceProvider();
    }

    public ConcurrentQueue<string> Log { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    public FakeToolContext Context => field ??= new(Folder.Workspace);

    public IToolSource Source => services.GetRequiredService<McpServers>();

    public IReadOnlyList<string> Secrets => services.GetRequiredService<SecretValues>().Values;

    public string Mark => services.GetRequiredService<ProcessWatchdog>().Mark.Value;

    public static async Task<McpHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var host = new McpHost(settings);
        await host.services.GetRequiredService<McpServers>().StartAsync(default);
        return host;
    }

    /// <summary>Waits until the tool is offered and its server is connected.</summary>
    public Task HasAsync(string tool) =>
        Wait.UntilAsync(() => Source.WhyUnavailable(tool) is null && Source.Tools.Any(offered => offered.Descriptor.Name == tool), $"{tool} is offered\n{string.Join('\n', Log)}");

    public Task<ToolResult> RunAsync(string tool, string arguments = "{}", CancellationToken cancellationToken = default) =>
        Source.Tools.Single(offered => offered.Descriptor.Name == tool).ExecuteAsync(FakeToolContext.Call(tool, arguments), Context, cancellationToken).WaitAsync(Wait.Timeout, CancellationToken.None);

    public Task StopAsync() => services.GetRequiredService<McpServers>().StopAsync(default).WaitAsync(Wait.Timeout);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await services.DisposeAsync();
        Folder.Dispose();
    }

    string IRedactor.Redact(string text) => text.Replace("top-secret", "[redacted]", StringComparison.Ordinal);

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(Log);

    void IDisposable.Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => log.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
