namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Writes command lines for any POSIX shell.</summary>
internal static class ShellQuote
{
    /// <summary>A word that the shell takes as it is.</summary>
    public static string Of(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A script with its arguments, run by a shell of its own.</summary>
    public static string Script(string script, IEnumerable<string> arguments) =>
        string.Join(' ', new[] { script, "toolruntime" }.Concat(arguments).Select(Of).Prepend("sh -c"));
}
