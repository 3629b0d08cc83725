using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Metrics;

namespace ToolRuntime.Processes.History;

/// <summary>Looks each ten seconds at what tools' processes take, while there are any.</summary>
internal sealed class ProcessSampler : IHostedService, IDisposable
{
    private readonly ProcessHistory history;
    private readonly ProcessHistoryOptions options;
    private readonly IProcessTable? table;
    private readonly Func<string> silo;
    private readonly StepClock clock;

    public ProcessSampler(ProcessHistory history, IOptions<ProcessHistoryOptions> options, TimeProvider time, ILocalSiloDetails local, IProcessTable? table = null)
    {
        (this.history, this.options, this.table) = (history, options.Value, table);
        silo = () => ProcessReporter.IdOf(local.SiloAddress);
        clock = new(time, this.options.StepSeconds, Sample);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Enabled) clock.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        clock.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => clock.Dispose();

    private void Sample(long number, double seconds) =>
        history.Sample(number, seconds, table is null || history.IsIdle ? ImmutableDictionary<ProcessOwner, ProcessFigures>.Empty : table.Measure(silo()));
}

/// <summary>Registers what remembers processes.</summary>
public static class ProcessHistoryExtensions
{
    /// <summary>Adds the settings, which gateways need too. May be called again.</summary>
    public static IServiceCollection AddProcessHistoryOptions(this IServiceCollection services)
    {
        services.AddOptions<ProcessHistoryOptions>().BindConfiguration(ProcessHistoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }

    internal static void AddProcessHistory(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddProcessHistoryOptions().AddMetrics();
        services.AddSingleton<ProcessMeters>().AddSingleton<ProcessHistory>().AddSingleton<IProcessMeter>(static provider => provider.GetRequiredService<ProcessHistory>());
        services.AddHostedService<ProcessSampler>();
    }
}
