using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.CommandLine;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Silo.Probes;
using ToolRuntime.Silo.Telemetry;

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

          --urls http://localhost:8090
              Where /healthz, /readyz and /metrics are served, to whoever gets there. Without it nowhere.
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
            KubernetesPod.Check(cluster.Options);
            builder.AddToolRuntimeSilo(builder.Configuration.GetSection(KnownSettings.Root), cluster);
            builder.AddOtlpExport("toolruntime-silo");
            builder.AddProbes();
            builder.Services.AddHostedService<StopSignals>();
            builder.Services.AddHostedService<CutOff>();
            using var host = builder.Build();
            UnreadSettings.Warn(builder.Configuration, SiloSettings.Known, host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiloProgram)));
            await host.RunAsync();
            return 0;
        }
        catch (Exception exception) when (NextIncarnation.IsAwaited || Refusals.Explain(exception) is not null)
        {
            await Console.Error.WriteLineAsync(Refusals.Explain(exception) ?? exception.ToString());
            if (NextIncarnation.IsAwaited) NextIncarnation.Begin();
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 0; // It was stopped before it had started.
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{taken.Message} Choose another address with --urls.");
            return 1;
        }
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine(Help);
        SettingsText.Write(output, SiloSettings.Known);
    }
}
