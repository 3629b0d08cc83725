using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Files;

/// <summary>Limits of the file tools, section <c>ToolRuntime:Files</c>.</summary>
public sealed class FileToolOptions
{
    /// <summary>Largest file that a tool writes, bytes. 1 KB to 64 MB, default 8 MB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxWriteBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Largest file that a tool reads, since its lines are counted to the end, bytes. 1 KB to 1 GB, default 64 MB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxFileBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most bytes of a file in one result; the rest is cut off and said to be. 1 KB to 4 MB, default 256 KB.</summary>
    [Range(1024, 4 * 1024 * 1024)]
    public int MaxResultBytes { get; set; } = 256 * 1024;

    /// <summary>Lines in one result if the call does not say. 1 to 100,000, default 2,000.</summary>
    [Range(1, 100_000)]
    public int DefaultLines { get; set; } = 2_000;

    /// <summary>Most entries of one listing, and their number if the call does not say. 1 to 10,000, default 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxEntries { get; set; } = 1_000;

    /// <summary>Deepest folder that a recursive listing enters. 1 to 100, default 32.</summary>
    [Range(1, 100)]
    public int MaxDepth { get; set; } = 32;

    /// <summary>Whether a write waits for the disk, so that it also outlives a power cut. Default false.</summary>
    public bool FlushToDisk { get; set; }
}
