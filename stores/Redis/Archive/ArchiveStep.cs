namespace ToolRuntime.Stores.Redis;

/// <summary>What a move has done; between two of them a process may end.</summary>
internal enum ArchiveStep
{
    /// <summary>The session has the id that its log will have in the archive.</summary>
    Claimed,

    /// <summary>A part is in the archive.</summary>
    Added,

    /// <summary>The log is in the archive alone.</summary>
    Left,

    /// <summary>A part is in copies of the session's keys.</summary>
    Staged,

    /// <summary>The log is in Redis alone.</summary>
    Returned,
}
