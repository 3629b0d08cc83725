using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Streams;

/// <summary>Settings of a provider of live streams.</summary>
public sealed class LiveStreamOptions
{
    /// <summary>The largest <see cref="QueueLength"/>.</summary>
    public const int LongestQueue = 1_048_576;

    /// <summary>
    /// Items that wait for one slow subscriber; what comes on top of them is dropped for it, and counted. At least 1; default 16,384.
    /// </summary>
    [Range(1, LongestQueue)]
    public int QueueLength { get; set; } = 16_384;
}
