using System.Text.RegularExpressions;

namespace ToolRuntime.Tools.Files;

/// <summary>What a text holds, counted line by line for the common languages.</summary>
/// <param name="Lines">Lines; a last one without a line end counts.</param>
/// <param name="Imports">Lines that import something.</param>
/// <param name="Components">Names of types, functions and components declared at the start of a line, the first
/// <see cref="MaxComponents"/>.</param>
internal sealed partial record SourceFacts(int Lines, int Imports, IReadOnlyList<string> Components)
{
    /// <summary>Most names that are kept.</summary>
    public const int MaxComponents = 20;

    public static SourceFacts Of(string text)
    {
        var imports = 0;
        var components = new List<string>();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            if (line.IsEmpty || line.Length > 400) continue;
            if (Import().IsMatch(line)) imports++;
            else if (components.Count < MaxComponents
                && Component().Match(line.ToString()) is { Success: true } match) components.Add(match.Groups["name"].Value);
        }

        return new(CountLines(text), imports, components);
    }

    public static int CountLines(string text) => text.Length == 0 ? 0 : text.AsSpan().Count('\n') + (text[^1] == '\n' ? 0 : 1);

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace;
    private const int TimeoutMs = 1_000;

    [GeneratedRegex("""
        ^(
            import\s | from\s+\S+\s+import\s                                      # JavaScript, Java, Go, Python
          | (global\s+)?using\s+(static\s+)?[A-Za-z_][\w.]*(\s*=.*)?;             # C#
          | \#include\s | (pub\s+)?use\s+\w+                                      # C, Rust
          | (const|let|var)\s.*\brequire\(                                        # Node
        )
        """, Options, TimeoutMs)]
    private static partial Regex Import();

    [GeneratedRegex("""
        ^(export\s+)?(default\s+)?((public|internal|private|protected|abstract|sealed|static|partial|async|readonly|pub)\s+)*
        (
            (class|interface|record|struct|enum|trait|function|func|def|fn|type)\s+(?<name>[A-Za-z_]\w*)
          | const\s+(?<name>[A-Z]\w*)\s*[:=]                                      # a component as an arrow function
        )
        """, Options, TimeoutMs)]
    private static partial Regex Component();
}
