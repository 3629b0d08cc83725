using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Boundaries;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Shell;

/// <summary>How commands get their terminal, and how turns are seen at it.</summary>
internal sealed class TerminalStart(IOptions<TerminalOptions> options)
{
    private readonly BoundaryRules? rules = options.Value.Turns ? new(options.Value.RulesFolder) : null;

    /// <summary>Whether the rules of the settings can be used.</summary>
    public static bool IsUsable(TerminalOptions options)
    {
        try
        {
            _ = new BoundaryRules(options.RulesFolder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The command with a terminal; as it is where it has none.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="line">The command line; null: the shell itself.</param>
    /// <param name="integrate">Whether the call lets a shell be told to mark its turns.</param>
    public SandboxCommand On(SandboxCommand command, string? line, bool integrate)
    {
        if (command.Terminal is not { } terminal || rules is null) return command;
        var told = integrate && options.Value.ShellIntegration ? ShellIntegration.For(command.File, line) : null;
        command = command with { Terminal = terminal with { Turns = new(rules, told?.Nonce) } };
        return told is null ? command : command with
        {
            Arguments = told.Arguments,
            Environment = new Dictionary<string, string>(command.Environment) { [ShellIntegration.Variable] = told.Script },
        };
    }
}
