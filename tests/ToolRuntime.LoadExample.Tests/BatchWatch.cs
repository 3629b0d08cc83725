using ToolRuntime.Sessions;

namespace ToolRuntime.LoadExample.Tests;

/// <summary>What one batch's events told.</summary>
internal sealed class BatchWatch
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> types = [];
    private long cursor = -1;

    /// <summary>Completes with the batch's end; fails when events are missing or come twice.</summary>
    public Task Ended => ended.Task;

    /// <summary>How many events of a type there were.</summary>
    public int Count(string type) => types.Count(one => one == type);

    public void Take(SessionFrame frame)
    {
        if (cursor >= 0 && frame.After != cursor) ended.TrySetException(new InvalidOperationException($"A frame after {frame.After} at {cursor}."));
        cursor = frame.Seq;
        types.AddRange(frame.Events.Select(one => one.Type));
        if (frame.Events.Any(one => one.Type is "batch.completed" or "batch.failed" or "batch.timeout" or "batch.cancelled")) ended.TrySetResult();
    }
}
