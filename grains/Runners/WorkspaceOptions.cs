using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Runners;

/// <summary>Where workspaces are; section <c>ToolRuntime:Workspaces</c>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>
    /// A folder that all silos share, such as a mounted volume; workspaces are <c>&lt;tenant&gt;/&lt;session&gt;</c> in it. Default:
    /// <c>workspaces</c> in
    /// <c>ToolRuntime:Data:Path</c>, which is one silo's own.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>
    /// With an object store: how long the end of an execution that used the workspace waits for it to be saved. Then it is told without,
    /// and saving goes on. 0 to 1 min, default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SaveWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Most bytes of a file that people upload. While it comes it takes as much of the silo's data folder, and twice as much for a moment at its end. 1 KB to 5 GB, default 256 MB.
    /// </summary>
    [Range(1L << 10, 5L << 30)]
    public long MaxUploadBytes { get; set; } = 256L << 20;

    /// <summary>The silo's own data folder.</summary>
    internal string DataPath { get; set; } = "data";

    /// <summary>Where folders of sessions are that stay.</summary>
    internal string Root => System.IO.Path.GetFullPath(string.IsNullOrEmpty(Path) ? System.IO.Path.Combine(DataPath, "workspaces") : Path);
}
