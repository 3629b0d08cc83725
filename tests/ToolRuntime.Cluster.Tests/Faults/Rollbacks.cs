namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>
/// How often the store has gone back. A client that opens a session, or sends a command, after one has begun may do so before the store goes away, or at a gateway that has not
/// noticed yet: it may lose that until all have got on again.
/// </summary>
internal sealed class Rollbacks
{
    private volatile int begun;
    private volatile int over;

    /// <summary>How many have begun.</summary>
    public int Begun => begun;

    /// <summary>How many can take nothing away any more.</summary>
    public int Over => over;

    public void Begin() => Interlocked.Increment(ref begun);

    /// <summary>All that have begun are over.</summary>
    public void End() => over = begun;
}
