using System.Text.Json;
using ToolRuntime.Tools.Tests.Support;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Tests.Sandboxes;

/// <summary>The built-in tools with their sandboxes at a stand-in of Daytona.</summary>
internal sealed class SandboxHost : IAsyncDisposable
{
    private SandboxHost(DaytonaServer server, (string, string)[] settings) =>
        (Server, Tools) = (server, new([("Sandbox:Daytona:ApiUrl", server.Url + "/api"), ("Sandbox:Daytona:ApiKey", DaytonaServer.Key), .. settings]));

    public DaytonaServer Server { get; }

    public ToolHost Tools { get; }

    public IRemoteWorkspaces Workspaces => Tools.Get<IRemoteWorkspaces>();

    public FakeToolContext Context => Tools.Context;

    public static async Task<SandboxHost> StartAsync(params (string, string)[] settings) => new(await DaytonaServer.StartAsync(), settings);

    public Task<ToolResult> RunAsync(string tool, object arguments, CancellationToken cancellationToken = default) =>
        Tools.RunAsync(tool, JsonSerializer.Serialize(arguments), cancellationToken);

    public Task<ToolResult> ShellAsync(string command, CancellationToken cancellationToken = default) => RunAsync("shell", new { command }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Tools.Dispose();
        await Server.DisposeAsync();
        Assert.Empty(Server.Unknown);
    }
}
