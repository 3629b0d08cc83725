using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tools.Mcp.Messages;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// A server that is a process of ours: it leads a group of its own, ends with us however we end, and sees of our environment what is named.
/// </summary>
internal sealed class StdioEndpoint : IAsyncDisposable
{
    private readonly ToolProcess process;
    private readonly Task errors;

    private StdioEndpoint(ToolProcess process, StderrLog log)
    {
        this.process = process;
        errors = log.PumpAsync(process.Error);
    }

    public static async Task<McpEndpoint> StartAsync(McpServerOptions options, int maxMessageBytes, ProcessLauncher launcher, StderrLog log)
    {
        var process = await launcher.StartAsync(CommandOf(options));
        var transport = new StreamClientTransport(
            process.Input, new MessageLines(process.Output, maxMessageBytes), NullLoggerFactory.Instance);
        return new(transport, EndAsync(process), new StdioEndpoint(process, log));
    }

    /// <summary>Ends the process and all that it started: it is asked to, and killed after a moment.</summary>
    public async ValueTask DisposeAsync()
    {
        await process.EndAsync(ToolProcess.Grace);
        await process.DisposeAsync();
        await errors;
    }

    private static async Task<string> EndAsync(ToolProcess process) =>
        FormattableString.Invariant($"its process exited with {await process.Exited}");

    private static ProcessCommand CommandOf(McpServerOptions options)
    {
        var folder = Path.GetFullPath(options.WorkingDirectory ?? ".");
        if (!Directory.Exists(folder)) throw new McpUnavailableException("its working directory does not exist");
        return new(Locate(options.Command!, folder), [.. options.Arguments], folder, EnvironmentOf(options));
    }

    private static Dictionary<string, string> EnvironmentOf(McpServerOptions options)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in options.PassEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) variables[name] = value;
        }

        foreach (var (name, value) in options.Environment) variables[name] = value;
        return variables;
    }

    // The process need not have a PATH, so ours says where its program is.
    private static string Locate(string command, string folder)
    {
        var places = command.Contains('/', StringComparison.Ordinal)
            ? [folder]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return places.Select(place => Path.GetFullPath(command, Path.GetFullPath(place))).FirstOrDefault(File.Exists)
            ?? throw new McpUnavailableException("its program was not found");
    }
}
