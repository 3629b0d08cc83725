using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>How processes of a silo's host are looked at, section <c>ToolRuntime:ProcessTable</c>.</summary>
public sealed class ProcessTableOptions
{
    /// <summary>How old what was seen may be to be told again; several who ask at once cost one look. 0 to 10 s, default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Fresh { get; set; } = TimeSpan.FromMilliseconds(200);
}
