using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Http;

/// <summary>Times of HTTP answers that last; section <c>ToolRuntime:Http</c>. Milliseconds.</summary>
public sealed class HttpOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Http";

    /// <summary>Silence after which an event stream gets a comment. Default 15 s.</summary>
    [Range(10, 300_000)]
    public int CommentMs { get; set; } = 15_000;
}
