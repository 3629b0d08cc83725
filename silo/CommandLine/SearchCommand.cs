using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.CommandLine;

/// <summary><c>search rebuild</c>: throws the search index away; servers make it again from the log.</summary>
internal static class SearchCommand
{
    public const string Usage =
        """
        search rebuild [options]

        Throws the search index away; it is made again from the sessions' logs, as the server runs. Takes the server's options (--ToolRuntime:Data:Path), or the environment.
        A single process has to be stopped; a cluster's index (--ToolRuntime:SessionSearch:Postgres:ConnectionString) may be in use.
        """;

    private static readonly string[] Help = ["--help", "-h", "-?", "help"];

    /// <summary>Runs the command; gives the exit code.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        if (arguments is [] || arguments.Any(Help.Contains))
        {
            output.WriteLine(Usage);
            return 0;
        }

        if (arguments is not ["rebuild", .. var options])
        {
            errors.WriteLine($"Unknown command 'search {arguments[0]}'. Did you mean search rebuild?{Environment.NewLine}{Usage}");
            return 1;
        }

        try
        {
            var configuration = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().AddCommandLine(options).Build();
            output.WriteLine(Rebuild(configuration.GetSection("ToolRuntime")));
            return 0;
        }
        catch (SessionLogUnavailableException refused)
        {
            errors.WriteLine(refused.Reason is { } reason ? $"{refused.Message} {reason}." : refused.Message);
            return 1;
        }
    }

    private static string Rebuild(IConfiguration settings)
    {
        var section = settings.GetSection(SiloComposition.SearchSection);
        if (section.GetSection(SiloComposition.PostgresSection)[nameof(PostgresSearchOptions.ConnectionString)] is { Length: > 0 } connection)
        {
            using var index = new PostgresSearchIndex(Options.Create(new PostgresSearchOptions { ConnectionString = connection }));
            index.ClearAsync().GetAwaiter().GetResult();
            return "The cluster's search index is empty; silos fill it when they next compare it with the log (ToolRuntime:SessionSearch:CompareEvery), or start.";
        }

        var data = Path.GetFullPath(settings["Data:Path"] ?? new SqliteSessionLogOptions().Path);
        using var folder = DataFolderLock.Take(data);
        var file = section[nameof(SqliteSearchOptions.Path)] ?? Path.Combine(data, SqliteSearchOptions.FileName);
        SqliteSearchFile.Remove(file);
        return $"{file} is removed; the server makes it again when it starts.";
    }
}
