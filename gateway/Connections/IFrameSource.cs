namespace ToolRuntime.Gateway.Connections;

/// <summary>Something that a connection tells besides answers and events: it has no queue, but is asked for what comes next when the client can take it.</summary>
internal interface IFrameSource
{
    /// <summary>The next frame; null when there is none, and then the source wakes the writer when there may be.</summary>
    ReadOnlyMemory<byte>? Take();
}
