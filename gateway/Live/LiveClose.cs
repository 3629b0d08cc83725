namespace ToolRuntime.Gateway.Live;

/// <summary>Why a live view's WebSocket is closed. Of 4000 to 4100 the player shows the reason and does not come back; after any other, but for 1000 behind an end, it does.</summary>
internal enum LiveClose
{
    /// <summary>The execution has ended, and the viewer was told so.</summary>
    Ended = 1000,

    /// <summary>The server stops, or the session moves: come again.</summary>
    GoingAway = 1001,

    /// <summary>There are as many viewers as there may be just now, or the store is away: come again.</summary>
    TryAgain = 1013,

    /// <summary>No usable credentials, or not any more.</summary>
    Unauthenticated = 4010,

    /// <summary>Not for this viewer.</summary>
    Forbidden = 4030,

    /// <summary>There is no such execution or link, or not any more.</summary>
    Gone = 4040,
}
