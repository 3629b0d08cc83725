using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Named;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Sandboxes;
using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Named;

/// <summary>Runs a named process once, as <see cref="ShellTool"/> runs a command; whether it is run again is the session's to decide.</summary>
internal sealed class NamedProcessTool(IOptions<ShellOptions> shell, IOptions<NamedProcessOptions> options, ISandbox sandbox, TimeProvider time) : ITool
{
    private readonly CommandPolicy policy = new(shell.Value);
    private readonly ShellEnvironment environment = new(shell.Value);
    private readonly OutputDrain drain = new(shell.Value.DrainQuiet, shell.Value.DrainLongest);

    public ToolDescriptor Descriptor { get; } = sandbox.Describe(NamedProcessDescriptor.Create(options.Value));

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var line = call.GetText("command");
        if (line.Contains('\0', StringComparison.Ordinal)) return Refused(ToolErrorCodes.InvalidArguments, "The command has a NUL character.");
        if (policy.Refusal(line) is { } refusal) return Refused("command_denied", refusal);
        if (environment.For(sandbox.HomeOf(context), call.Find("environment"), out var denied) is not { } variables) return ToolResult.Failure(denied!);
        try
        {
            var process = call.Arguments.Deserialize(WireJsonContext.Default.NamedProcessDefinition)!;
            if (process.Ready?.Port is not null && Descriptor.Isolation is not { Network: true })
            {
                return Refused("readiness_unavailable", "The process's ports can't be asked from here: it has no network in common with the server. Use a pattern.");
            }

            using var run = new NamedRun(context, call.GetText("name"), process, time, cancellationToken);
            SandboxCommand command = new(sandbox.Shell, ["-c", line], call.FindText("workingDirectory") ?? ".", variables, drain)
            {
                TakesInput = process.Terminal is not null,
                Terminal = process.Terminal is { } size ? new(size) : null,
                Started = run.Begin,
            };
            try
            {
                return await sandbox.RunAsync(command, run, end => run.Result(end.Process), run.Token);
            }
            catch (OperationCanceledException) when (run.Met is not null && !cancellationToken.IsCancellationRequested)
            {
                return ToolResult.Failure(run.Met);
            }
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException)
        {
            return Refused(ToolErrorCodes.InvalidArguments, exception.Message);
        }
    }

    /// <summary>That one process fails says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;

    private static ToolResult Refused(string code, string message) => ToolResult.Failure(new(code, message));
}
