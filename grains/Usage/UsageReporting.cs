using Microsoft.Extensions.Logging;

namespace ToolRuntime.Usage;

/// <summary>How a silo's accounts report, and what they share for it.</summary>
/// <param name="time">The clock.</param>
/// <param name="every">How long they gather.</param>
/// <param name="quotas">How they answer without an answer.</param>
/// <param name="wake">Has them asked to report after a while.</param>
/// <param name="logger">Told when reporting fails, and works again.</param>
internal sealed partial class UsageReporting(TimeProvider time, TimeSpan every, QuotaBook quotas, Action wake, ILogger logger)
{
    /// <summary>With fewer calls left than this, each asks first.</summary>
    public const int AskWithin = 100;

    private long number;
    private int failing;

    /// <summary>This silo's life; its numbers begin at 1.</summary>
    public string Sender { get; } = Guid.NewGuid().ToString("N");

    public TimeProvider Time => time;

    public TimeSpan Every => every;

    public TimeSpan Patience => quotas.Patience;

    public bool MayBegin => quotas.WhenUnknown == UnknownUsage.Allow;

    public long NextNumber() => Interlocked.Increment(ref number);

    public void Wake() => wake();

    public void Failed(Exception exception)
    {
        if (Interlocked.Exchange(ref failing, 1) == 0) LogFailed(logger, exception);
    }

    public void Worked()
    {
        if (Volatile.Read(ref failing) == 1 && Interlocked.Exchange(ref failing, 0) == 1) LogWorks(logger);
    }

    [LoggerMessage(1501, LogLevel.Warning, "Usage of tools can't be reported just now; it is kept and reported later.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(1502, LogLevel.Information, "Usage of tools is reported again.")]
    private static partial void LogWorks(ILogger logger);
}
