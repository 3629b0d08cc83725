namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>How many bytes were sent so far: Amazon's SDK tells it from other threads, late, and anew for what it sends again; who listens hears it rise.</summary>
internal sealed class SentBytes(Action<long> written)
{
    private readonly Lock gate = new();
    private long most;

    public void Tell(long bytes)
    {
        lock (gate)
        {
            if (bytes <= most) return;
            most = bytes;
            written(bytes);
        }
    }
}
