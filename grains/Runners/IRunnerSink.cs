using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>
/// Where an attempt reports to: a grain call each. False says that the attempt is over or to end: the runner ends its tool and reports nothing more but its end.
/// An exception says that nobody knows, and the same call comes again; (execution, attempt, stream, offset) tells repetitions apart.
/// One call is under way at a time, heartbeats excepted.
/// </summary>
internal interface IRunnerSink
{
    /// <summary>
    /// Output, committed when the task ends. <paramref name="offset"/> is where <paramref name="bytes"/> begin in the stream; after them
    /// <paramref name="dropped"/> more bytes were counted and not kept, so the next offset is the sum of the three. The memory is never written to again.
    /// </summary>
    Task<bool> WriteOutputAsync(OutputStream stream, long offset, ReadOnlyMemory<byte> bytes, long dropped, CancellationToken cancellationToken);

    /// <summary>The latest step, committed when the task ends.</summary>
    Task<bool> ReportProgressAsync(string stage, double? percent, string? message, JsonText? details, CancellationToken cancellationToken);

    /// <summary>The attempt is under way but has been silent for a minute.</summary>
    Task<bool> ReportWaitingAsync(long elapsedMs, string message, CancellationToken cancellationToken);

    /// <summary>Turns at the attempt's terminal, behind the output that they were seen in; committed when the task ends.</summary>
    Task<bool> ReportTurnsAsync(ImmutableArray<TerminalTurn> turns, CancellationToken cancellationToken);

    /// <summary>The attempt is alive; each half second from its start until its end is delivered. Failures are ignored.</summary>
    Task HeartbeatAsync();

    /// <summary>
    /// The attempt's end, after its last output and progress are committed; repeated until it succeeds. After <see cref="RunnerHost.Cancel"/> nothing of the attempt runs
    /// any more then, and it is repeated for as long as anybody waits for that. When the host stops it is not told at all: then the attempt is lost, not ended.
    /// </summary>
    Task EndAsync(RunnerEnd end);
}
