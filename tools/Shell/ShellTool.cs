using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Shell;

/// <summary>Runs a command line in the session's workspace. Its input is at its end at once, unless its arguments ask for a person who types.</summary>
internal sealed class ShellTool(IOptions<ShellOptions> options, IOptions<TerminalOptions> terminals, TerminalStart start, ISandbox sandbox) : ITool
{
    private readonly CommandPolicy policy = new(options.Value);
    private readonly ShellEnvironment environment = new(options.Value);
    private readonly OutputDrain drain = new(options.Value.DrainQuiet, options.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = sandbox.Describe(ShellDescriptor.Create(options.Value, terminals.Value.KeptBytes));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var line = call.GetText("command");
        if (line.Contains('\0', StringComparison.Ordinal)) return Refused(ToolErrorCodes.InvalidArguments, "The command has a NUL character.");
        if (policy.Refusal(line) is { } refusal) return Refused("command_denied", refusal);
        if (environment.For(sandbox.HomeOf(context), call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);

        SandboxCommand command = new(sandbox.Shell, ["-c", line], call.FindText("workingDirectory") ?? ".", variables, drain)
        {
            TakesInput = call.FindFlag("input"),
            Terminal = Descriptor.Terminal!.SizeFor(call.Arguments) is { } size ? new(size) : null,
            Idempotent = call.FindFlag("idempotent"),
        };
        try
        {
            return await sandbox.RunAsync(start.On(command, line, call.Find("terminal") is { } asked && TerminalTool.Integrates(asked)), context, end => ExitResult.For(end.Process), cancellationToken);
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
    }

    /// <summary>That one command is slow says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;

    private static ToolResult Refused(string code, string message) => ToolResult.Failure(new(code, message));
}
