using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Sandboxes of Daytona, section <c>ToolRuntime:Sandbox:Daytona</c>: one for each session, made when a tool needs it first and deleted with the session.</summary>
public sealed class DaytonaOptions
{
    /// <summary>Our key there; <c>DAYTONA_API_KEY</c>. Default none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Daytona's address; <c>DAYTONA_API_URL</c>. Default https://app.daytona.io/api.</summary>
    public Uri ApiUrl { get; set; } = new("https://app.daytona.io/api");

    /// <summary>The region of new sandboxes; <c>DAYTONA_TARGET</c>. Default: the organisation's own.</summary>
    [StringLength(64)]
    public string? Target { get; set; }

    /// <summary>The snapshot that new sandboxes are made of; it has bash, GNU findutils and coreutils, and util-linux. Default: Daytona's own.</summary>
    [StringLength(256)]
    public string? Snapshot { get; set; }

    /// <summary>What the names of our sandboxes begin with; another one for each installation that shares an organisation. Default <c>toolruntime</c>.</summary>
    [Required]
    [RegularExpression("^[a-z0-9][a-z0-9-]{0,31}$")]
    public string Prefix { get; set; } = "toolruntime";

    /// <summary>The workspace's folder, from where a sandbox's own programs start. Default <c>workspace</c>.</summary>
    [Required]
    [RegularExpression("^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")]
    public string Folder { get; set; } = "workspace";

    /// <summary>Whether commands reach the network. Default true.</summary>
    public bool Network { get; set; } = true;

    /// <summary>How long one call of Daytona may take. 0.1 s to 5 min, default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The same of one that carries a file. 1 s to 1 h, default 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a sandbox may take until it can be used. 1 s to 10 min, default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a command whose log can't be followed is asked for before it counts as lost. 0.1 s to 10 min, default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReconnectFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Minutes without a call after which Daytona stops a sandbox; its files stay. 1 to 1,440, default 15.</summary>
    [Range(1, 1440)]
    public int AutoStopMinutes { get; set; } = 15;

    /// <summary>Minutes after which Daytona deletes a sandbox that was stopped and never started again, with its files; -1: never. Default 43,200 (30 days).</summary>
    [Range(-1, 5_256_000)]
    public int AutoDeleteMinutes { get; set; } = 43_200;

    /// <summary>The longest answer that is read, files apart, bytes. 16 KB to 64 MB, default 4 MB.</summary>
    [Range(16 * 1024, 64 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 4 * 1024 * 1024;
}
