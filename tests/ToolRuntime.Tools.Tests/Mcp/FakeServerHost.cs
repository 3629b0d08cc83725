using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>A fake server behind the real client.</summary>
internal sealed class FakeServerHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public FakeServerHost(FakeMcpServer fake, Action<McpServerOptions>? configure = null, Action<McpOptions>? all = null)
    {
        Fake = fake;
        var options = new McpOptions { ReconnectAfter = TimeSpan.FromMilliseconds(10), MaxReconnectAfter = TimeSpan.FromMilliseconds(50) };
        options.Servers["fake"] = new() { Command = "none" };
        configure?.Invoke(options.Servers["fake"]);
        all?.Invoke(options);
        Server = new("fake", options, fake.ConnectAsync, new NoRedaction(), TimeProvider.System, NullLogger.Instance);
        running = Server.RunAsync(stop.Token);
    }

    /// <summary>With a connection.</summary>
    public static async Task<FakeServerHost> StartAsync(IReadOnlyList<string> pages, Action<McpServerOptions> configure)
    {
        var host = new FakeServerHost(new() { Pages = pages }, configure);
        await Wait.UntilAsync(() => host.Server.Connection is not null, "connected");
        return host;
    }

    public FakeMcpServer Fake { get; }

    public McpServer Server { get; }

    public TemporaryFolder Folder { get; } = new();

    public FakeToolContext Context => field ??= new(Folder.Workspace);

    public IEnumerable<string> Names => Server.Tools.Select(tool => tool.Descriptor.Name);

    public ITool this[string name] => Server.Tools.Single(tool => tool.Descriptor.Name == name);

    /// <summary>Waits for a connection with these tools.</summary>
    public async Task HasAsync(params string[] names)
    {
        await Wait.UntilAsync(() => Server.Connection is not null && Names.SequenceEqual(names), $"has {string.Join(", ", names)} and not {string.Join(", ", Names)}");
    }

    public Task<ToolResult> RunAsync(string tool, string arguments = "{}", CancellationToken cancellationToken = default) =>
        this[tool].ExecuteAsync(FakeToolContext.Call(tool, arguments), Context, cancellationToken).WaitAsync(Wait.Timeout, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(Wait.Timeout);
        await Fake.DisposeAsync();
        Folder.Dispose();
        stop.Dispose();
    }

    internal sealed class NoRedaction : IRedactor
    {
        public string Redact(string text) => text;
    }
}
