using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.CommandLine;

/// <summary>What <c>--help</c> prints: commands, every option with its default and meaning, and the environment.</summary>
internal static class HelpText
{
    private const int Width = 100;

    private const string Begin =
        """
        Tool runtime: a chat backend whose tool calls run in parallel. Without a command it starts the server.

          ToolRuntime.Gateway [options]     (dotnet run --project gateway -- [options])
          ToolRuntime.Gateway keys new ..   makes a key
          ToolRuntime.Gateway --help        this
          ToolRuntime.Gateway --version

        Options are --Name value or --Name=value. Each may stand in the environment instead (ToolRuntime__Data__Path for ToolRuntime:Data:Path), or in
        appsettings.json beside the program; the command line goes first, then the environment. Values shown are the defaults.

          --urls http://localhost:8080
              Addresses to listen on. Without configured keys only this machine is served.
          --Logging:LogLevel:Default Information
              The least level that is logged.
        """;

    public static void Write(TextWriter output)
    {
        output.WriteLine(Begin);
        var meanings = new Meanings();
        foreach (var (section, options) in Settings.Sections)
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
        output.WriteLine("Environment");
        foreach (var (name, meaning) in Settings.Own)
        {
            output.WriteLine($"  {name}");
            output.WriteLine($"      {meaning}");
        }

        output.WriteLine();
        output.WriteLine(KeysCommand.Usage);
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
