using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Web;

/// <summary>Limits of <c>web_scrape</c>, section <c>ToolRuntime:Web</c>.</summary>
public sealed class WebOptions
{
    /// <summary>
    /// Hosts, <c>name</c> or <c>name:port</c>, that may be reached although their addresses are not public. Default none.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Bytes of a body, decompressed, that are read; the rest is cut off and said to be. 1 KB to 64 MB, default 2 MB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>Characters of text in a result; the rest is cut off and said to be. 1,000 to 4,000,000, default 100,000.</summary>
    [Range(1_000, 4_000_000)]
    public int MaxCharacters { get; set; } = 100_000;

    /// <summary>Redirects that are followed. 0 to 20, default 5.</summary>
    [Range(0, 20)]
    public int MaxRedirects { get; set; } = 5;

    /// <summary>Longest wait for a connection, TLS included. 0.1 s to 30 s, default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit of a scrape, redirects and all its attempts included. 1 s to 10 min, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
