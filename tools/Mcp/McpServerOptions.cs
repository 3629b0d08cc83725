using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Mcp;

/// <summary>One MCP server: a program that is started and spoken to over its pipes, or an address for streamable HTTP.</summary>
public sealed class McpServerOptions : McpToolOptions
{
    /// <summary>Whether it is used. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The program of a stdio server: a path, or a name that is looked up in our own PATH.</summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments, passed as they are.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>
    /// Variables that the program gets. It gets nothing else of ours, no PATH either. Values of names that look like secrets are redacted
    /// wherever they appear.
    /// </summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Names of our own variables that the program gets as they are, such as <c>PATH</c>. Default none.</summary>
    public IList<string> PassEnvironment { get; } = [];

    /// <summary>
    /// Names in <see cref="Environment"/> and <see cref="PassEnvironment"/> whose values are secrets, though the names don't say so.
    /// Default none.
    /// </summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>Where the program runs. Default: our own working folder; a relative path begins there.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The address of a streamable HTTP server.</summary>
    public Uri? Url { get; set; }

    /// <summary>Headers of every request to it. Their values are redacted wherever they appear.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// If not empty, only these tools are offered, by their names at the server; <c>*</c> stands for anything. Default empty, all are.
    /// </summary>
    public IList<string> Allow { get; } = [];

    /// <summary>Tools that are not offered, written as in <see cref="Allow"/>. Default none.</summary>
    public IList<string> Deny { get; } = [];

    /// <summary>How long starting, connecting and listing may take. 100 ms to 10 min, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether a tool may be called idempotent because the server hints so (<c>readOnlyHint</c>, <c>idempotentHint</c>). Default false:
    /// hints are claims.
    /// </summary>
    public bool TrustAnnotations { get; set; }

    /// <summary>What holds for single tools, by their names at the server.</summary>
    public IDictionary<string, McpToolOptions> Tools { get; } = new Dictionary<string, McpToolOptions>(StringComparer.OrdinalIgnoreCase);
}
