using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Shell;

/// <summary>Runs a command line in the session's workspace. Its input is at its end at once, unless its arguments ask for a person who types.</summary>
internal sealed class ShellTool(IOptions<ShellOptions> options, CommandRuns runs) : ITool
{
    private static readonly string Shell = File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh";

    private readonly CommandPolicy policy = new(options.Value);
    private readonly ShellEnvironment environment = new(options.Value);
    private readonly OutputDrain drain = new(options.Value.DrainQuiet, options.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = runs.Describe(ShellDescriptor.Create(options.Value));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var line = call.GetText("command");
        if (line.Contains('\0', StringComparison.Ordinal)) return Refused(ToolErrorCodes.InvalidArguments, "The command has a NUL character.");
        if (policy.Refusal(line) is { } refusal) return Refused("command_denied", refusal);
        if (environment.For(context.Workspace, call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);

        string folder;
        try
        {
            using var workspace = WorkspaceFolder.Open(context.Workspace);
            using var opened = workspace.OpenFolder(call.FindText("workingDirectory") ?? ".");
            folder = opened.RealPath;
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }

        ProcessCommand command = new(Shell, ["-c", line], folder, variables);
        return await runs.RunAsync(new(command, drain), context, end => ExitResult.For(end), cancellationToken);
    }

    /// <summary>That one command is slow says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;

    private static ToolResult Refused(string code, string message) => ToolResult.Failure(new(code, message));
}
