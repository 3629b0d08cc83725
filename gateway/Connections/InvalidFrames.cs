namespace ToolRuntime.Gateway.Connections;

/// <summary>Counts invalid frames within the last minute.</summary>
internal sealed class InvalidFrames(int limit, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> recent = new();

    /// <summary>Counts one more; true once there are as many as the limit.</summary>
    public bool Add()
    {
        while (recent.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window) recent.Dequeue();
        recent.Enqueue(time.GetTimestamp());
        return recent.Count >= limit;
    }
}
