using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using ToolRuntime.Processes.History;

namespace ToolRuntime.Processes;

/// <summary>Each silo tells of the processes on its host.</summary>
[Alias("toolruntime.IProcessReporter")]
internal interface IProcessReporter : IGrainService
{
    [Alias("List"), ResponseTimeout("00:00:02")]
    Task<SiloProcesses?> ListAsync(ProcessQuery query);

    [Alias("Signal"), ResponseTimeout("00:00:05")]
    Task<Rejection?> SignalAsync(ProcessId process, string signal, ProcessQuery query);

    [Alias("ListUse"), ResponseTimeout("00:00:02")]
    Task<SiloUse> ListUseAsync(string tenant, long from, long to);

    [Alias("ReadUse"), ResponseTimeout("00:00:02")]
    Task<SiloCurves> ReadUseAsync(UseQuery query);

    [Alias("ForgetUse"), ResponseTimeout("00:00:02")]
    Task<string> ForgetUseAsync(SessionKey session);
}

[Reentrant]
internal sealed class ProcessReporter(GrainId id, Silo silo, ILoggerFactory loggers, ILocalSiloDetails local, ProcessHistory history, IProcessTable? table = null)
    : GrainService(id, silo, loggers), IProcessReporter
{
    private readonly string name = IdOf(local.SiloAddress);

    /// <summary>What clients know a silo by, which says nothing of where it is.</summary>
    public static string IdOf(SiloAddress silo) => ((uint)silo.GetConsistentHashCode()).ToString("x8", CultureInfo.InvariantCulture);

    // A look reads many files: it is no work for a grain's turn.
    public Task<SiloProcesses?> ListAsync(ProcessQuery query) =>
        table is null ? Task.FromResult<SiloProcesses?>(null) : Task.Run<SiloProcesses?>(() => table.Look(name, query));

    public Task<Rejection?> SignalAsync(ProcessId process, string signal, ProcessQuery query) =>
        Task.FromResult(table is null ? new(ErrorCode.NotFound, "There is no such process.") : table.Signal(process, signal, query));

    public Task<SiloUse> ListUseAsync(string tenant, long from, long to) => Task.FromResult(history.List(tenant, from, to));

    public Task<SiloCurves> ReadUseAsync(UseQuery query) => Task.FromResult(history.Read(query));

    public Task<string> ForgetUseAsync(SessionKey session)
    {
        history.Forget(session);
        return Task.FromResult(name);
    }
}

/// <summary>Asks the silos.</summary>
internal sealed partial class ProcessReporters(IServiceProvider services, ILogger<ProcessReporters> logger) : GrainServiceClient<IProcessReporter>(services)
{
    /// <summary>What a silo tells; null if it does not answer.</summary>
    public Task<SiloProcesses?> ListAsync(SiloAddress silo, ProcessQuery query) => AskAsync(silo, reporter => reporter.ListAsync(query));

    /// <summary>Likewise, of what it remembers.</summary>
    public async Task<T?> AskAsync<T>(SiloAddress silo, Func<IProcessReporter, Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask(GetGrainService(silo));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogSilent(silo, exception);
            return null;
        }
    }

    public Task<Rejection?> SignalAsync(SiloAddress silo, ProcessId process, string signal, ProcessQuery query) => GetGrainService(silo).SignalAsync(process, signal, query);

    [LoggerMessage(1531, LogLevel.Warning, "Silo {Silo} does not tell of its processes.")]
    private partial void LogSilent(SiloAddress silo, Exception exception);
}

/// <summary>Has a silo tell of its processes.</summary>
public static class ProcessReporterExtensions
{
    /// <summary>Adds what answers for an <see cref="IProcessTable"/>, which whoever brings tools registers.</summary>
    public static ISiloBuilder AddProcessReports(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSingleton<ProcessReporters>().AddProcessHistory();
        return silo.AddGrainService<ProcessReporter>();
    }
}
