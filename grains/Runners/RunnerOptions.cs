using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Runners;

/// <summary>How attempts run; section <c>ToolRuntime:Runners</c>.</summary>
public sealed class RunnerOptions
{
    /// <summary>Tools with a process that run at the same time on this silo; further ones wait as pending. Default 64.</summary>
    [Range(1, 10_000)]
    public int MaxProcesses { get; set; } = 64;

    /// <summary>
    /// What a priority is worth: where executions wait for a slot, a critical one counts as having come so much earlier than it did, and a low one so much later. Default
    /// 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PriorityAging { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Bytes of output that an attempt may log at all, all streams together; what is beyond is counted, its end included. 0 means no cap: then the first and the
    /// last part of each stream stay, whatever its length (<c>ToolRuntime:Batches</c>). Default 0.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxOutputBytes { get; set; }

    /// <summary>Whether an attempt silent for 60 s says each minute that it still runs (<c>WEBSOCKET_PROGRESS_ENABLED</c>). Default true.</summary>
    public bool WaitingEnabled { get; set; } = true;

    /// <summary>
    /// Environment variables whose values are redacted from everything that attempts report, besides those whose names end in <c>_KEY</c>,
    /// <c>_TOKEN</c> or <c>_SECRET</c> or hold <c>PASSWORD</c>. Values of fewer than 8 characters are left alone. Default none.
    /// </summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>
    /// How long a running attempt may go without a heartbeat before it counts as lost. 0 where there is one silo only: what does not run there does not run. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a cancelled or timed-out attempt may take to end its processes, which get SIGKILL after 2 s, until its end says that they could
    /// not be ended. 1 s to 10 s, default 3 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:10")]
    public TimeSpan EndWithin { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// In a cluster: how long processes of a silo may go on after it was last alive; then its watchdog kills them, and not before that another silo starts their next
    /// attempts. Less than it takes to declare a silo dead that hangs. Default 1.5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// How long executions, and answers of models, that are under way when the host stops may take to end, seconds; what is left goes on after the restart as after
    /// a crash. Default 30. The host's own time to stop is made longer where it would not do.
    /// </summary>
    [Range(0, 3_600)]
    public int GraceSeconds { get; set; } = 30;

    /// <summary>Whether attempts end at the place in the silo's own stop where it leaves the cluster, and not before the silo stops.</summary>
    internal bool EndWithSilo { get; set; }

    /// <summary>How long <see cref="RunnerHost.StopAsync"/> waits for tools to end their processes, seconds. Default 5.</summary>
    [Range(0, 60)]
    public int StopSeconds { get; set; } = 5;
}
