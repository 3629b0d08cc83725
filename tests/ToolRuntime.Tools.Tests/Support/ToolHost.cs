using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>The built-in tools as a silo has them, with a workspace.</summary>
internal sealed class ToolHost : IDisposable
{
    private readonly ServiceProvider services;

    public ToolHost(params (string Key, string Value)[] settings)
        : this(null, settings)
    {
    }

    public ToolHost(RunnerLease? lease, params (string Key, string Value)[] settings)
        : this(lease, settings, null)
    {
    }

    /// <param name="lease">Of its silo.</param>
    /// <param name="settings">By their names below <c>ToolRuntime</c>.</param>
    /// <param name="groups">Control groups other than the host's.</param>
    /// <param name="more">What else there is.</param>
    public ToolHost(RunnerLease? lease, (string Key, string Value)[] settings, ControlGroups? groups, Action<IServiceCollection>? more = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => $"ToolRuntime:{s.Key}", s => (string?)s.Value)).Build();
        var collection = new ServiceCollection().AddLogging().AddBuiltInTools(configuration.GetSection("ToolRuntime"));
        if (lease is not null) collection.AddSingleton(lease);
        if (groups is not null) collection.AddSingleton(groups);
        more?.Invoke(collection);
        services = collection.BuildServiceProvider();
        Context = new(Folder.Workspace);
    }

    public TemporaryFolder Folder { get; } = new();

    public FakeToolContext Context { get; set; }

    public ProcessWatchdog Watchdog => services.GetRequiredService<ProcessWatchdog>();

    public ControlGroups ControlGroups => services.GetRequiredService<ControlGroups>();

    public ProcessLauncher Launcher => services.GetRequiredService<ProcessLauncher>();

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public ITool Tool(string name) => services.GetServices<ITool>().Single(tool => tool.Descriptor.Name == name);

    public Task<ToolResult> RunAsync(string tool, string arguments, CancellationToken cancellationToken = default) =>
        Tool(tool).ExecuteAsync(FakeToolContext.Call(tool, arguments), Context, cancellationToken);

    public Task<ToolResult> ShellAsync(string command, CancellationToken cancellationToken = default) =>
        RunAsync("shell", $$"""{"command":{{System.Text.Json.JsonSerializer.Serialize(command)}}}""", cancellationToken);

    public void Dispose()
    {
        services.Dispose();
        Folder.Dispose();
    }
}
