using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Notices;

/// <summary>How large, how long and how many notices may be; section <c>ToolRuntime:Notices</c>.</summary>
public sealed class NoticeOptions
{
    /// <summary>Longest text, in characters. Default 1,000.</summary>
    [Range(1, 10_000)]
    public int MaxTextLength { get; set; } = 1_000;

    /// <summary>How long a notice is kept that does not say. Default a day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan DefaultTtl { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long one is kept at most. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Notices that are kept for one session, user or tenant, or for everybody. Default 20.</summary>
    [Range(1, 1_000)]
    public int KeptPerTarget { get; set; } = 20;

    /// <summary>Notices that are kept for a tenant with all its sessions and users. Default 500.</summary>
    [Range(1, 10_000)]
    public int KeptPerTenant { get; set; } = 500;
}
