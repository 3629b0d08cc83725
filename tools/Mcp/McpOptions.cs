using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Mcp;

/// <summary>The MCP servers whose tools are offered as <c>server__tool</c>; section <c>ToolRuntime:Mcp</c>.</summary>
public sealed class McpOptions
{
    /// <summary>
    /// By name: up to 31 letters, digits, <c>.</c>, <c>-</c> and single <c>_</c>, beginning and ending with a letter or digit. Default
    /// none.
    /// </summary>
    public IDictionary<string, McpServerOptions> Servers { get; } = new Dictionary<string, McpServerOptions>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>How long to wait before a lost server is tried again, doubled with each failure. 10 ms to 1 min, default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ReconnectAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest of these waits. 10 ms to 1 h, default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaxReconnectAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a server's tools are asked for again, which also shows whether it is there. 100 ms to 1 day, default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most tools of one server; the rest is left out. 1 to 10,000, default 500.</summary>
    [Range(1, 10_000)]
    public int MaxTools { get; set; } = 500;

    /// <summary>
    /// Longest message of a server, in bytes; a longer one ends the connection of a stdio server, and the request over HTTP. 64 KB to 1 GB,
    /// default 32 MB.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Longest text in a result, in characters; what is beyond it is in the output only. 1,000 to 10 million, default 64 K.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int MaxResultText { get; set; } = 64 * 1024;
}
