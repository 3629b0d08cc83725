using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>What an append changes in the log's header, in the same commit; null leaves a member as it is.</summary>
/// <param name="Members">The session's members besides its owner.</param>
/// <param name="OpenWork">Whether anything is open, so that a restarted process knows whom to wake.</param>
/// <param name="Label">What lists show of it.</param>
public sealed record HeaderChange(ImmutableArray<string>? Members = null, bool? OpenWork = null, SessionLabel? Label = null)
{
    /// <summary>Both changes, the later one's members first.</summary>
    public static HeaderChange? Merge(HeaderChange? earlier, HeaderChange? later) =>
        earlier is null || later is null ? later ?? earlier : new(later.Members ?? earlier.Members, later.OpenWork ?? earlier.OpenWork, later.Label ?? earlier.Label);
}
