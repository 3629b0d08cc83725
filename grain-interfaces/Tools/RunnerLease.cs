namespace ToolRuntime.Tools;

/// <summary>
/// The right of a silo in a cluster to have tools' processes running. The silo renews it all the time; a silo that hangs for as long as <see cref="Length"/>,
/// or gives it up, has none left, so that others may start theirs.
/// </summary>
public sealed class RunnerLease(TimeSpan length) : IDisposable
{
    private readonly CancellationTokenSource over = new();

    /// <summary>How long processes may go on after the silo was last alive.</summary>
    public TimeSpan Length { get; } = length;

    /// <summary>Cancelled when the silo has given the lease up; there is no other one.</summary>
    public CancellationToken Over => over.Token;

    /// <summary>Gives it up: the silo has lost its place in the cluster.</summary>
    public void GiveUp() => over.Cancel();

    /// <summary>After the last use of <see cref="Over"/>.</summary>
    public void Dispose() => over.Dispose();
}
