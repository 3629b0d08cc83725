using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// All configured servers of the process, each with one connection that all tenants share. Nothing waits for them at the start.
/// </summary>
internal sealed class McpServers : BackgroundService, IToolSource
{
    private readonly ImmutableArray<McpServer> servers;

    public McpServers(
        IOptions<McpOptions> options, ProcessLauncher launcher, IRedactor redactor, TimeProvider time, ILogger<McpServers> logger)
    {
        var all = options.Value;
        servers = [.. all.Servers.Where(server => server.Value.Enabled).Select(
            server => new McpServer(server.Key, all, Connector(server.Key, server.Value), redactor, time, logger))];

        McpConnector Connector(string name, McpServerOptions server) => server.Command is null
            ? _ => Task.FromResult(HttpEndpoint.Open(name, server, all.MaxMessageBytes))
            : _ => StdioEndpoint.StartAsync(server, all.MaxMessageBytes, launcher, new(name, redactor, time, logger));
    }

    public event Action? Changed
    {
        add
        {
            foreach (var server in servers) server.Changed += value;
        }

        remove
        {
            foreach (var server in servers) server.Changed -= value;
        }
    }

    public ImmutableArray<ITool> Tools => [.. servers.SelectMany(server => server.Tools)];

    public string? WhyUnavailable(string name) =>
        McpToolNames.ServerOf(name) is { } owner && servers.FirstOrDefault(server => server.Name == owner) is { Connection: null } away ? away.NotConnected : null;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(servers.Select(server => server.RunAsync(stoppingToken)));
}
