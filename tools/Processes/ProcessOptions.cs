using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// What the processes of an attempt may take, section <c>ToolRuntime:Processes</c>; for <c>shell</c> and <c>code</c>. Memory, processors and their number are limited by control groups,
/// where the host has these controllers and lets us use them.
/// </summary>
public sealed class ProcessOptions
{
    /// <summary>Memory of all of them, files that they have in the cache included. 0: no limit. At least 16 MB, default 4 GB.</summary>
    [Range(0, long.MaxValue)]
    public long MaxMemoryBytes { get; set; } = 4L << 30;

    /// <summary>How many there may be at a time, threads counted. 0: no limit. Default 1,024.</summary>
    [Range(0, 4_000_000)]
    public int MaxProcesses { get; set; } = 1_024;

    /// <summary>How many processors they may use together, 0.5 being half of one. 0, the default: all.</summary>
    [Range(0, 4_096)]
    public double MaxProcessors { get; set; }

    /// <summary>
    /// What the workspace may hold while they run; a program that writes more is ended. It is measured each second, ten times as often while it grows fast, and no single file gets larger.
    /// 0: no limit. Default 10 GB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long MaxWorkspaceBytes { get; set; } = 10L << 30;

    /// <summary>Whether they see nothing but the system's programs and their session's workspace, and no other process. Default <c>Off</c>.</summary>
    public IsolationMode Isolation { get; set; }

    /// <summary>Whether isolated ones reach the network. Default false.</summary>
    public bool Network { get; set; }

    /// <summary>Further files and folders that isolated ones may read, beside the system's.</summary>
    public IList<string> ReadOnlyPaths { get; } = [];

    /// <summary>The server's own folders: isolated ones don't see them, wherever they are.</summary>
    internal IList<string> HiddenPaths { get; } = [];
}

/// <summary>Whether processes of tools are isolated.</summary>
public enum IsolationMode
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary>They are, where the host allows it.</summary>
    WhenPossible,

    /// <summary>They are, and don't run where the host does not allow it.</summary>
    Required,
}
