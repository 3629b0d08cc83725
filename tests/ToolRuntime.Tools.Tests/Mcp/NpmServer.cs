using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>Where <c>npm ci</c> in tests/mcp puts the servers.</summary>
internal static class NpmServer
{
    public static string Everything { get; } = Find("server-everything");

    public static string Filesystem { get; } = Find("server-filesystem");

    private static string Find(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.ToolRuntime.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return Path.Combine(folder.FullName, "tests", "mcp", "node_modules", "@modelcontextprotocol", name, "dist", "index.js");
    }
}
