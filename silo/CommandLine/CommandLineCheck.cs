using System.Reflection;

namespace ToolRuntime.CommandLine;

/// <summary>
/// What is looked at of the command line before anything starts. The values are read by .NET's own provider; that takes whatever it is
/// given and is silent about
/// what nobody reads, so that names are checked here. A library that parses would have to be told every name, and some are the user's own.
/// </summary>
internal static class CommandLineCheck
{
    private static readonly string[] Help = ["--help", "-h", "-?", "/?", "help"];

    /// <summary>Answers what starts no server: the exit code, or null where the server is to start.</summary>
    public static int? Answer(IReadOnlyList<string> arguments, KnownSettings settings, Action<TextWriter> help, TextWriter output, TextWriter errors)
    {
        if (arguments.Any(argument => Help.Contains(argument, StringComparer.OrdinalIgnoreCase)))
        {
            help(output);
            return 0;
        }

        if (arguments is ["--version"])
        {
            output.WriteLine(typeof(CommandLineCheck).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            return 0;
        }

        if (Fault(arguments, settings) is not { } fault) return null;
        errors.WriteLine($"{fault} --help lists all options.");
        return 1;
    }

    /// <summary>What is wrong with the command line, if anything.</summary>
    public static string? Fault(IReadOnlyList<string> arguments, KnownSettings settings)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith('-') && !argument.StartsWith('/') && !argument.Contains('=', StringComparison.Ordinal)) return $"'{argument}' is no option{Commands(settings)}.";
            var (name, given) = argument.Split('=', 2) is [var left, _] ? (left, true) : (argument, false);
            var bare = name.StartsWith("--", StringComparison.Ordinal) ? name[2..] : name.TrimStart('/');
            if (bare.StartsWith('-') || !settings.Knows(bare)) return $"Unknown option '{name}'.{Hint(bare, settings)}";
            if (!given && (++i == arguments.Count || IsOption(arguments[i], settings))) return $"The option '{name}' needs a value.";
        }

        return null;
    }

    /// <summary>Whether what stands where a value belongs is an option of ours; else it may be a value, such as an argument of an MCP
    /// server's program.</summary>
    private static bool IsOption(string argument, KnownSettings settings) => argument.StartsWith("--", StringComparison.Ordinal) && settings.Knows(argument[2..].Split('=')[0]);

    /// <summary>Says which option may have been meant.</summary>
    private static string Hint(string name, KnownSettings settings) => name.ToUpperInvariant().Trim('-') switch
    {
        "PORT" or "P" or "HOST" or "URL" or "LISTEN" or "ADDRESS" when settings.Knows("urls") => " Did you mean --urls http://localhost:8080?",
        "DATA" or "DATADIR" or "DIR" => " Did you mean --ToolRuntime:Data:Path?",
        var bare => settings.Nearest(bare) is { } nearest ? $" Did you mean --{nearest}?" : "",
    };

    private static string Commands(KnownSettings settings) => settings.Commands.Count == 0 ? "" : $" and no command (there is: {string.Join(", ", settings.Commands)})";
}
