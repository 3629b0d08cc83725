using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using ToolRuntime.Events;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>Keeps what an attempt reports. Output writes can be held up or made to fail.</summary>
internal sealed class FakeSink : IRunnerSink
{
    private readonly ConcurrentQueue<Exception> failures = new();
    private readonly TaskCompletionSource<RunnerEnd> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> begun = Channel.CreateUnbounded<string>();
    private TaskCompletionSource? hold;
    private int underWay, heartbeats, endCalls;

    public ConcurrentQueue<Output> Outputs { get; } = new();

    public ConcurrentQueue<(string Stage, double? Percent, string? Message, JsonText? Details)> Steps { get; } = new();

    public ConcurrentQueue<(long ElapsedMs, string Message)> Waits { get; } = new();

    /// <summary>All calls but heartbeats, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public Task<RunnerEnd> End => end.Task;

    public bool Ended => end.Task.IsCompleted;

    public int Heartbeats => Volatile.Read(ref heartbeats);

    public int EndCalls => Volatile.Read(ref endCalls);

    /// <summary>The answer to the next reports.</summary>
    public bool GoesOn { get; set; } = true;

    public Exception? HeartbeatFailure { get; set; }

    /// <summary>Two reports of one attempt were under way at a time.</summary>
    public bool Overlapped { get; private set; }

    public string Text(OutputStream stream) =>
        Encoding.UTF8.GetString([.. Outputs.Where(output => output.Stream == stream).SelectMany(output => output.Bytes)]);

    public void FailNext(int times, Func<Exception>? failure = null)
    {
        for (var i = 0; i < times; i++) failures.Enqueue(failure?.Invoke() ?? new TimeoutException("no answer"));
    }

    /// <summary>Reports wait until <see cref="Release"/>.</summary>
    public void Hold() => hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        hold?.TrySetResult();
        hold = null;
    }

    /// <summary>Waits until a further report has begun.</summary>
    public Task NextAsync() => begun.Reader.ReadAsync().AsTask().WaitAsync(RunnerFixture.Patience);

    public Task<bool> WriteOutputAsync(OutputStream stream, long offset, ReadOnlyMemory<byte> bytes, long dropped, CancellationToken cancellationToken) =>
        ReportAsync($"{stream} {offset}+{bytes.Length}", () => Outputs.Enqueue(new(stream, offset, bytes.ToArray(), dropped)), cancellationToken);

    public Task<bool> ReportProgressAsync(string stage, double? percent, string? message, JsonText? details, CancellationToken cancellationToken) =>
        ReportAsync($"progress {stage}", () => Steps.Enqueue((stage, percent, message, details)), cancellationToken);

    public Task<bool> ReportWaitingAsync(long elapsedMs, string message, CancellationToken cancellationToken) =>
        ReportAsync("waiting", () => Waits.Enqueue((elapsedMs, message)), cancellationToken);

    public ConcurrentQueue<TerminalTurn> Turns { get; } = new();

    public Task<bool> ReportTurnsAsync(ImmutableArray<TerminalTurn> turns, CancellationToken cancellationToken) => ReportAsync(
        $"turns {string.Join(' ', turns.Select(turn => $"{turn.Number} {turn.State}"))}",
        () =>
        {
            foreach (var turn in turns) Turns.Enqueue(turn);
        },
        cancellationToken);

    public Task HeartbeatAsync()
    {
        Interlocked.Increment(ref heartbeats);
        return HeartbeatFailure is null ? Task.CompletedTask : Task.FromException(HeartbeatFailure);
    }

    public Task EndAsync(RunnerEnd end)
    {
        Interlocked.Increment(ref endCalls);
        Calls.Enqueue("end");
        if (failures.TryDequeue(out var failure)) return Task.FromException(failure);

        this.end.SetResult(end);
        return Task.CompletedTask;
    }

    private async Task<bool> ReportAsync(string call, Action keep, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref underWay) > 1) Overlapped = true;
        try
        {
            Calls.Enqueue(call);
            begun.Writer.TryWrite(call);
            if (hold is { } held) await held.Task.WaitAsync(cancellationToken);
            if (failures.TryDequeue(out var failure)) throw failure;
            if (GoesOn) keep();
            return GoesOn;
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }
    }

    internal sealed record Output(OutputStream Stream, long Offset, byte[] Bytes, long Dropped)
    {
        public string Text => Encoding.UTF8.GetString(Bytes);
    }
}
