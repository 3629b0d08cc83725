using ToolRuntime.CommandLine;

namespace ToolRuntime.Gateway.CommandLine;

/// <summary>The gateway's command line.</summary>
internal static class Arguments
{
    /// <summary>Answers what starts no server: the exit code, or null where the server is to start.</summary>
    public static int? Answer(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors) =>
        CommandLineCheck.Answer(arguments, Settings.Known, HelpText.Write, output, errors);

    /// <summary>What is wrong with the command line, if anything.</summary>
    public static string? Fault(IReadOnlyList<string> arguments) => CommandLineCheck.Fault(arguments, Settings.Known);
}
