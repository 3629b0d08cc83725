using ToolRuntime.CommandLine;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.CommandLine;

/// <summary>What <c>--help</c> prints: commands, every option with its default and meaning, and the environment.</summary>
internal static class HelpText
{
    private const string Begin =
        """
        Tool runtime: a chat backend whose tool calls run in parallel. Without a command it starts the server.

          ToolRuntime.Gateway [options]     (dotnet run --project gateway -- [options])
          ToolRuntime.Gateway keys new ..   makes a key
          ToolRuntime.Gateway search rebuild   throws the search index away, which is made again
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
        SettingsText.Write(output, Settings.Known);
        output.WriteLine();
        output.WriteLine(KeysCommand.Usage);
        output.WriteLine();
        output.WriteLine(SearchCommand.Usage);
    }
}
