namespace ToolRuntime.CommandLine;

/// <summary>All settings of a program for its help, each with its default and meaning.</summary>
internal static class SettingsText
{
    private const int Width = 100;

    public static void Write(TextWriter output, KnownSettings settings)
    {
        var meanings = new Meanings();
        foreach (var (section, options) in settings.Sections)
        {
            output.WriteLine();
            output.WriteLine(section);
            if (Repeats(section))
            {
                output.WriteLine("  The same as of ToolRuntime:Models:OpenAI.");
                continue;
            }

            foreach (var setting in Setting.Of(section, options))
            {
                output.WriteLine($"  --{setting.Name} {setting.Value}");
                foreach (var line in Wrap(meanings.Of(setting.Property))) output.WriteLine($"      {line}");
            }
        }

        output.WriteLine();
        output.WriteLine("Names of their own, in the environment or as options");
        foreach (var (name, meaning) in settings.Own)
        {
            output.WriteLine($"  {name}");
            output.WriteLine($"      {meaning}");
        }
    }

    private static bool Repeats(string section) => section is "ToolRuntime:Models:Anthropic" or "ToolRuntime:Models:Gemini";

    private static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0) yield return line;
    }
}
