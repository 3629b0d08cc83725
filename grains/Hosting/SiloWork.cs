using Microsoft.Extensions.Logging;

namespace ToolRuntime.Hosting;

/// <summary>
/// What is under way on this silo, attempts of tools and answers of models, and whether more may begin. Once the host stops nothing begins
/// any more; what has begun may end until the grace time is over. Whatever is left, and what was kept from beginning, goes on after the restart.
/// </summary>
internal sealed partial class SiloWork(TimeProvider time, ILogger<SiloWork> logger)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int underWay;
    private bool closed;

    /// <summary>Whether the host stops.</summary>
    public bool IsClosed
    {
        get
        {
            lock (gate) return closed;
        }
    }

    /// <summary>Ends with <see cref="DrainAsync"/>: nothing is under way any more, or it has had its time.</summary>
    public Task Drained => drained.Task;

    /// <summary>Begins something, to be ended by <see cref="End"/>; false if nothing may begin any more.</summary>
    public bool TryBegin()
    {
        lock (gate)
        {
            if (closed) return false;
            underWay++;
            return true;
        }
    }

    /// <summary>Counts what comes of something that has begun, be it closed meanwhile; to be ended by <see cref="End"/>.</summary>
    public void Join()
    {
        lock (gate) underWay++;
    }

    public void End()
    {
        lock (gate)
        {
            underWay--;
            if (closed && underWay == 0) idle.TrySetResult();
        }
    }

    /// <summary>Nothing begins from now on.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            if (underWay == 0) idle.TrySetResult();
        }
    }

    /// <summary>Closes, and waits until nothing is under way, but not longer than <paramref name="grace"/>.</summary>
    public async Task DrainAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        Close();
        try
        {
            if (idle.Task.IsCompleted || grace <= TimeSpan.Zero) return;
            LogDraining(logger, underWay, grace.TotalSeconds);
            await idle.Task.WaitAsync(grace, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            LogLeft(logger, underWay);
        }
        finally
        {
            drained.TrySetResult();
        }
    }

    [LoggerMessage(1311, LogLevel.Information, "Stopping: {Count} executions and answers have {Seconds} s to end; a second signal ends them at once.")]
    private static partial void LogDraining(ILogger logger, int count, double seconds);

    [LoggerMessage(1312, LogLevel.Information, "Stopping: {Count} executions and answers did not end in time; they go on after the restart.")]
    private static partial void LogLeft(ILogger logger, int count);
}
