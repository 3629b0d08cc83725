using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ToolRuntime.Silo.Clustering;

/// <summary>A gateway that starts before any silo does waits for one.</summary>
internal sealed partial class SilosAwaited(TimeProvider time, ILogger<SilosAwaited> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private bool said;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!said) LogAwaited(exception.Message);
        said = true;
        await Task.Delay(Again, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }

    [LoggerMessage(1602, LogLevel.Warning, "No silo of the cluster can be reached yet; waiting for one. {Reason}")]
    private partial void LogAwaited(string reason);
}
