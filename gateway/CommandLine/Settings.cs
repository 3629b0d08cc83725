using ToolRuntime.CommandLine;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Live;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Gateway.Watching;
using ToolRuntime.Silo;

namespace ToolRuntime.Gateway.CommandLine;

/// <summary>Every setting that the server reads, by section.</summary>
internal static class Settings
{
    /// <summary>The sections, and what is bound to each.</summary>
    public static IReadOnlyList<(string Section, Type Options)> Sections { get; } =
    [
        (AccessOptions.Section, typeof(AccessOptions)),
        .. SiloSettings.Sections,
        (ConnectionOptions.Section, typeof(ConnectionOptions)),
        (FeedOptions.Section, typeof(FeedOptions)),
        (CommandOptions.Section, typeof(CommandOptions)),
        (HttpOptions.Section, typeof(HttpOptions)),
        (WatchOptions.Section, typeof(WatchOptions)),
        (ProcessFeedOptions.Section, typeof(ProcessFeedOptions)),
        (RecordingOptions.Section, typeof(RecordingOptions)),
        (ShareOptions.Section, typeof(ShareOptions)),
        (LiveOptions.Section, typeof(LiveOptions)),
    ];

    /// <summary>Names of their own, in the environment or as options, and what they say.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Own { get; } =
    [
        .. SiloSettings.Own,
        ("EXTRA_LOGGING", "ToolRuntime:Logs:Wire."),
    ];

    /// <summary>What the framework reads.</summary>
    private static readonly string[] Framework =
    [
        "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "applicationName", "webroot", "AllowedHosts", "shutdownTimeoutSeconds",
        "preferHostingUrls", "suppressStatusMessages", "detailedErrors", "captureStartupErrors",
    ];

    /// <summary>All of them.</summary>
    public static KnownSettings Known { get; } = new(Sections, Own, Framework, ["keys", "search"]);

    /// <summary>Every setting below <c>ToolRuntime</c>.</summary>
    public static IReadOnlyList<Setting> All => Known.All;
}
