using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>npm's MCP servers, as <c>npm ci</c> in tests/mcp puts them.</summary>
internal static class McpServers
{
    /// <summary>Settings of a server <c>every</c> whose processes bear the mark.</summary>
    public static string[] Everything(MarkedProcesses processes) =>
    [
        "--ToolRuntime:Mcp:Servers:every:Command", "node",
        "--ToolRuntime:Mcp:Servers:every:Arguments:0", Program("server-everything"),
        $"--ToolRuntime:Mcp:Servers:every:Environment:{MarkedProcesses.Variable}", processes.Mark,
    ];

    /// <summary>Settings of a server <c>schemas</c>, made with the protocol's own SDK.</summary>
    public static string[] Schemas =>
    [
        "--ToolRuntime:Mcp:Servers:schemas:Command", "node",
        "--ToolRuntime:Mcp:Servers:schemas:Arguments:0", Path.Combine(Folder(), "schemas.mjs"),
    ];

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts server-everything on streamable HTTP; disposing of the process does not end it.</summary>
    public static Process StartHttp(int port)
    {
        var start = new ProcessStartInfo("node", [Program("server-everything"), "streamableHttp"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Program(string server) =>
        Path.Combine(Folder(), "node_modules", "@modelcontextprotocol", server, "dist", "index.js");

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.ToolRuntime.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return Path.Combine(folder.FullName, "tests", "mcp");
    }
}
