namespace ToolRuntime.Gateway.Sessions;

/// <summary>What became of an attempt to read.</summary>
internal enum ReadOutcome
{
    /// <summary>There is nothing new.</summary>
    Nothing,

    /// <summary>There was something, and the filter left nothing of it. There may be more.</summary>
    Skipped,

    /// <summary>There is a frame. There may be more.</summary>
    Frame,

    /// <summary>The reader may not have a frame before <see cref="SessionReader.Wait"/> is over.</summary>
    Later,

    /// <summary>The cursor can't be served any more.</summary>
    Lost,

    /// <summary>The session is deleted.</summary>
    Deleted,
}
