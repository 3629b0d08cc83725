using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>Hides what a command line says to be a secret: <c>--api-key=…</c>, <c>PASSWORD=…</c>, <c>--token …</c>, a user's word in an address. Shapes and known values are the redactor's.</summary>
internal static partial class CommandSecrets
{
    public static string Hide(string command) => InAddress().Replace(Named().Replace(command, "$1[redacted]"), "$1[redacted]@");

    [GeneratedRegex(@"((?:^|\s)-{0,2}[\w-]*(?:password|passwd|secret|token|api[-_]?key|access[-_]?key)[\w-]*(?:=-*|\s+))[^\s-]\S*", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Named();

    [GeneratedRegex(@"(\w://[^\s/:@]*:)[^\s/@]+@", RegexOptions.NonBacktracking)]
    private static partial Regex InAddress();
}
