namespace ToolRuntime.Load.Client;

/// <summary>What the scenarios need of an event, still in the receive buffer.</summary>
internal ref struct EventView
{
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Text;
    public ReadOnlySpan<byte> To;

    /// <summary>JSON.</summary>
    public ReadOnlySpan<byte> Error;

    /// <summary>Bytes of the output stream before this event's text.</summary>
    public long Offset;

    /// <summary>When the frame was complete at the client, as a stopwatch reading.</summary>
    public long ReceivedAt;

    public readonly bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);
}

/// <summary>Takes the events of one session, in order.</summary>
internal delegate void EventHandler(in EventView happened);
