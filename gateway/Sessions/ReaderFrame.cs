using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>The events of one frame on their way to a client; kept and used again by who writes to it.</summary>
internal sealed class ReaderFrame
{
    private const int Usual = 64;

    /// <summary>The seq after which the frame begins.</summary>
    public long After { get; set; }

    /// <summary>The last seq that it covers.</summary>
    public long Seq { get; set; }

    /// <summary>The check of that seq, where it has one.</summary>
    public string? Check { get; set; }

    /// <summary>Whether the events came as they happened, and not out of the log.</summary>
    public bool IsLive { get; set; }

    public List<EncodedEvent> Events { get; } = [];

    /// <summary>What the frame is chosen from; empty between reads.</summary>
    public List<EncodedEvent> Pending { get; } = [];

    /// <summary>Holds no event any more.</summary>
    public void Clear()
    {
        Events.Clear();
        Pending.Clear();
    }

    /// <summary>Gives back the room that a burst took.</summary>
    public void Shrink()
    {
        Clear();
        if (Events.Capacity > Usual) Events.Capacity = Usual;
        if (Pending.Capacity > Usual) Pending.Capacity = Usual;
    }
}
