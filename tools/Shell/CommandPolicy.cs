using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Shell;

/// <summary>Whether a command line may run, by the allow and deny lists.</summary>
internal sealed class CommandPolicy(ShellOptions options)
{
    private readonly Rules allow = new(options.Allow);
    private readonly Rules deny = new(options.Deny);

    /// <summary>Whether every expression in the lists can be compiled.</summary>
    public static bool IsUsable(ShellOptions options)
    {
        try
        {
            _ = new CommandPolicy(options);
            _ = new ShellEnvironment(options);
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Null if it may run, else why not.</summary>
    public string? Refusal(string command)
    {
        var names = CommandNames.Of(command);
        foreach (var name in names)
        {
            if (deny.Names.Contains(name)) return $"The command '{name}' is denied.";
        }

        if (deny.Matches(command)) return "The command is denied.";
        if (allow.IsEmpty || allow.Matches(command)) return null;
        foreach (var name in names)
        {
            if (!allow.Names.Contains(name)) return $"The command '{name}' is not among those allowed.";
        }

        return names.Count > 0 ? null : "The command is not among those allowed.";
    }

    private sealed class Rules
    {
        private readonly Regex[] expressions;

        public Rules(IEnumerable<string> entries)
        {
            var all = entries.ToArray();
            expressions = [.. all.Where(IsExpression).Select(
                entry => new Regex(entry[1..^1], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant))];
            Names = [.. all.Where(entry => !IsExpression(entry))];
        }

        public HashSet<string> Names { get; }

        public bool IsEmpty => expressions.Length == 0 && Names.Count == 0;

        public bool Matches(string command) => expressions.Any(expression => expression.IsMatch(command));

        private static bool IsExpression(string entry) => entry.Length > 2 && entry[0] == '/' && entry[^1] == '/';
    }
}
