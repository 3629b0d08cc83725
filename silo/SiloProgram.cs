using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.CommandLine;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo;

/// <summary>A silo of a cluster as a program.</summary>
internal static class SiloProgram
{
    private const string Help =
        """
        Tool runtime: a silo of a cluster, which runs sessions and their tools. Gateways are programs of their own.

          ToolRuntime.Silo --redis localhost:6379 [options]     (dotnet run --project silo -- --redis localhost:6379)
          ToolRuntime.Silo --help
          ToolRuntime.Silo --version

        Options are --Name value or --Name=value. Each may stand in the environment instead (ToolRuntime__Data__Path for ToolRuntime:Data:Path), or in
        appsettings.json beside the program; the command line goes first, then the environment. Values shown are the defaults.
        """;

    private static async Task<int> Main(string[] args)
    {
        if (CommandLineCheck.Answer(args, SiloSettings.Known, WriteHelp, Console.Out, Console.Error) is { } answered) return answered;
        try
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
            builder.Logging.AddConciseConsole(builder.Configuration);
            await using var cluster = await ClusterConnection.OpenAsync(builder.Configuration)
                ?? throw new StartupRefusedException("A silo by itself needs --redis host:port; without a cluster the gateway holds one itself.");
            builder.AddToolRuntimeSilo(builder.Configuration.GetSection(KnownSettings.Root), cluster);
            builder.Services.AddHostedService<StopSignals>();
            using var host = builder.Build();
            UnreadSettings.Warn(builder.Configuration, SiloSettings.Known, host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiloProgram)));
            await host.RunAsync();
            return 0;
        }
        catch (Exception exception) when (Refusals.Explain(exception) is { } reason)
        {
            await Console.Error.WriteLineAsync(reason);
            return 1;
        }
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine(Help);
        SettingsText.Write(output, SiloSettings.Known);
    }
}
