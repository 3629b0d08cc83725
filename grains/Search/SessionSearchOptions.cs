using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Search;

/// <summary>How sessions are made searchable; section <c>ToolRuntime:SessionSearch</c>.</summary>
public sealed class SessionSearchOptions
{
    /// <summary>Whether sessions can be searched. Default true; a cluster needs a PostgreSQL for it, too.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long new events gather before they are indexed, milliseconds: the least lag, and how often the index is written at most. Default 500.</summary>
    [Range(10, 60_000)]
    public int GatherMs { get; set; } = 500;

    /// <summary>Characters of a text in the index; longer ones are cut into several at line ends. Default 4,000.</summary>
    [Range(256, 32_000)]
    public int TextLength { get; set; } = 4_000;

    /// <summary>Characters of a message, of a call's arguments and of its result that are indexed at most. Default 262,144.</summary>
    [Range(1_000, 16_000_000)]
    public int MaxLength { get; set; } = 262_144;

    /// <summary>How often the index is compared with the log, so that what was missed comes in: at start, and then every 15 min by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan CompareEvery { get; set; } = TimeSpan.FromMinutes(15);
}
