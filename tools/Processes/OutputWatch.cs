namespace ToolRuntime.Tools.Processes;

/// <summary>Knows when a process's pipes last gave something, both of them together.</summary>
internal sealed class OutputWatch
{
    private int taking;
    private long bytes;
    private Action? heard;

    /// <summary>Whether something that was read still waits to be taken.</summary>
    public bool IsTaking => Volatile.Read(ref taking) > 0;

    /// <summary>How many bytes they have given.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>Calls <paramref name="action"/> whenever something was read or taken.</summary>
    public void OnSign(Action action) => Volatile.Write(ref heard, action);

    public void Begin(int read)
    {
        Interlocked.Add(ref bytes, read);
        Interlocked.Increment(ref taking);
        Volatile.Read(ref heard)?.Invoke();
    }

    public void End()
    {
        Volatile.Read(ref heard)?.Invoke();
        Interlocked.Decrement(ref taking);
    }
}
