namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>
/// How many bytes of all parts were sent so far: Amazon's SDK tells it from other threads, late, and anew for what it sends again; who listens hears it rise.
/// </summary>
internal sealed class SentBytes(int parts, Action<long> written)
{
    private readonly Lock gate = new();
    private readonly long[] most = new long[parts];
    private long all;

    public void Tell(int part, long bytes)
    {
        lock (gate)
        {
            if (bytes <= most[part]) return;
            all += bytes - most[part];
            most[part] = bytes;
            written(all);
        }
    }
}
