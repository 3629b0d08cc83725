using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Attach;

/// <summary>Settings of the tool <c>attach</c>, section <c>ToolRuntime:Attach</c>.</summary>
public sealed class AttachOptions
{
    /// <summary>How long a process that is attached to may print nothing before it is left. 1 s to 7 days, default 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long a process may be attached to at all. 1 s to 7 days, default 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Total { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a traced process may be held up because its output can't be stored; then it is left. 100 ms to 1 min, default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan HoldUp { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The program that traces writes. Default <c>strace</c>, looked up in <c>PATH</c>.</summary>
    [Required]
    public string Strace { get; set; } = "strace";
}
