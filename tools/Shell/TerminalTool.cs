using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Shell;

/// <summary>A terminal in the session's workspace that people type into: a shell, or the command that is named. It is open until it exits, they end it, or a limit is met.</summary>
internal sealed class TerminalTool(IOptions<ShellOptions> shell, IOptions<TerminalOptions> options, TerminalStart start, ISandbox sandbox) : ITool
{
    private readonly CommandPolicy policy = new(shell.Value);
    private readonly ShellEnvironment environment = new(shell.Value);
    private readonly OutputDrain drain = new(shell.Value.DrainQuiet, shell.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = sandbox.Describe(TerminalDescriptor.Create(options.Value));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var line = call.FindText("command");
        if (line?.Contains('\0', StringComparison.Ordinal) == true) return ToolResult.Failure(new(ToolErrorCodes.InvalidArguments, "The command has a NUL character."));
        if (policy.Refusal(line ?? sandbox.Shell) is { } refusal) return ToolResult.Failure(new("command_denied", refusal));
        if (environment.For(sandbox.HomeOf(context), call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);

        SandboxCommand command = new(sandbox.Shell, line is null ? [] : ["-c", line], call.FindText("workingDirectory") ?? ".", variables, drain)
        {
            TakesInput = true,
            Terminal = new(Descriptor.Terminal!.SizeFor(call.Arguments)!.Value, options.Value.Idle, options.Value.Total),
        };
        try
        {
            // A shell's exit code is that of whatever was last typed.
            return await sandbox.RunAsync(
                start.On(command, line, Integrates(call.Arguments)), context, end => ExitResult.For(end.Process, "command", anyCode: line is null), cancellationToken);
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
    }

    public string? CircuitOf(ToolCall call) => null;

    /// <summary>Whether what asks for a terminal lets a shell be told to mark its turns.</summary>
    internal static bool Integrates(JsonElement asked) => !asked.TryGetProperty("integration", out var wanted) || wanted.ValueKind != JsonValueKind.False;
}
