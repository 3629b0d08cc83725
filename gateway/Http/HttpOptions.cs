using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Http;

/// <summary>Times of HTTP answers that last, in milliseconds, and limits of HTTP only; section <c>ToolRuntime:Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Http";

    /// <summary>Silence after which an event stream gets a comment. Default 15 s.</summary>
    [Range(10, 300_000)]
    public int CommentMs { get; set; } = 15_000;

    /// <summary>Faults that the clients of one key may report in a minute; 0 means none. Default 20.</summary>
    [Range(0, 10_000)]
    public int ClientErrorsPerMinute { get; set; } = 20;

    /// <summary>Notices that the holders of one key may post in a minute; 0 means none. Default 60.</summary>
    [Range(0, 10_000)]
    public int NoticesPerMinute { get; set; } = 60;
}
