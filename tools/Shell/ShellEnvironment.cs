using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Shell;

/// <summary>The only variables that a command gets to see.</summary>
internal sealed class ShellEnvironment
{
    // Linux takes so much in one string, its end included.
    private const int MaxVariableBytes = 128 * 1024 - 1;

    private const int MaxShown = 100;

    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    private readonly Dictionary<string, string> common, everywhere;
    private readonly Regex[] allow;
    private readonly Regex[] deny;

    public ShellEnvironment(ShellOptions options)
    {
        everywhere = new() { ["LANG"] = options.Lang, ["TERM"] = options.Term };
        common = new(everywhere) { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? DefaultPath };
        foreach (var name in options.PassEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) common[name] = value;
        }

        allow = [.. options.AllowEnvironment.Select(Compile)];
        deny = [.. options.DenyEnvironment.Select(Compile)];
    }

    /// <summary>
    /// The variables of one command; null where <paramref name="refused"/> says which the call may not set. Without a <paramref name="home"/> it runs elsewhere, where our own mean nothing.
    /// </summary>
    public Dictionary<string, string>? For(string? home, JsonElement? requested, out ToolError? refused)
    {
        var variables = home is null ? new(everywhere) : new Dictionary<string, string>(common) { ["HOME"] = home };
        refused = null;
        if (requested is not { } given) return variables;
        foreach (var variable in given.EnumerateObject())
        {
            var value = variable.Value.GetString()!;
            var bytes = Encoding.UTF8.GetByteCount(variable.Name) + 1L + Encoding.UTF8.GetByteCount(value);
            if (bytes > MaxVariableBytes) refused = TooLong(variable.Name, bytes);
            else if (!MayBeSet(variable.Name)
                || value.Contains('\0', StringComparison.Ordinal)) refused = new("environment_denied", $"The variable '{variable.Name}' may not be set.");
            if (refused is not null) return null;

            variables[variable.Name] = value;
        }

        return variables;
    }

    private static ToolError TooLong(string name, long bytes) =>
        new("environment_too_long", $"The variable '{name[..Math.Min(name.Length, MaxShown)]}' has {bytes} bytes, name and value; {MaxVariableBytes} are allowed.");

    private bool MayBeSet(string name) =>
        name.Length > 0 && name.IndexOfAny(['=', '\0']) < 0 && allow.Any(rule => rule.IsMatch(name))
            && !deny.Any(rule => rule.IsMatch(name));

    private static Regex Compile(string expression) => new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
