using ToolRuntime.Batches;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Models;
using ToolRuntime.Models.Providers;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Shell;
using ToolRuntime.Tools.Web;
using SessionOptions = ToolRuntime.Sessions.SessionOptions;

namespace ToolRuntime.Gateway.CommandLine;

/// <summary>Every setting that the server reads, by section.</summary>
internal static class Settings
{
    /// <summary>The section that is this product's own.</summary>
    public const string Root = "ToolRuntime";

    /// <summary>The sections, and what is bound to each.</summary>
    public static IReadOnlyList<(string Section, Type Options)> Sections { get; } =
    [
        (AccessOptions.Section, typeof(AccessOptions)),
        ("ToolRuntime:Data", typeof(SqliteSessionLogOptions)),
        ("ToolRuntime:Models", typeof(ModelCatalogOptions)),
        ("ToolRuntime:Models:OpenAI", typeof(ProviderOptions)),
        ("ToolRuntime:Models:Anthropic", typeof(ProviderOptions)),
        ("ToolRuntime:Models:Gemini", typeof(ProviderOptions)),
        ("ToolRuntime:Mcp", typeof(McpOptions)),
        ("ToolRuntime:Batches", typeof(BatchOptions)),
        ("ToolRuntime:Replies", typeof(ModelOptions)),
        ("ToolRuntime:Sessions", typeof(SessionOptions)),
        ("ToolRuntime:Jobs", typeof(JobOptions)),
        ("ToolRuntime:Runners", typeof(RunnerOptions)),
        ("ToolRuntime:Tools:<tool or Default>", typeof(ToolPolicyOptions)),
        ("ToolRuntime:Cache", typeof(ToolCacheOptions)),
        ("ToolRuntime:Shell", typeof(ShellOptions)),
        ("ToolRuntime:Files", typeof(FileToolOptions)),
        ("ToolRuntime:Web", typeof(WebOptions)),
        (ConnectionOptions.Section, typeof(ConnectionOptions)),
        (FeedOptions.Section, typeof(FeedOptions)),
        (CommandOptions.Section, typeof(CommandOptions)),
        (HttpOptions.Section, typeof(HttpOptions)),
        (TelemetryOptions.Section, typeof(TelemetryOptions)),
        (LogOptions.Section, typeof(LogOptions)),
        (DashboardOptions.Section, typeof(DashboardOptions)),
    ];

    /// <summary>Names of their own, in the environment or as options, and what they say.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Own { get; } =
    [
        ("OPENAI_API_KEY, OPENAI_BASE_URL", "Key and address of OpenAI, or of a compatible server."),
        ("ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL", "The same of Anthropic."),
        ("GEMINI_API_KEY, GEMINI_BASE_URL", "The same of Gemini."),
        ("TOOL_EXECUTION_MAX_WAIT", "ToolRuntime:Batches:MaxWait, in minutes."),
        ("TOOL_EXECUTION_DEFAULT_TIMEOUT", "ToolRuntime:Batches:AttemptTimeout, in seconds."),
        ("PARALLEL_TOOL_EXECUTION", "false: one execution of a batch at a time."),
        ("WEBSOCKET_PROGRESS_ENABLED", "ToolRuntime:Runners:WaitingEnabled."),
        ("EXTRA_LOGGING", "ToolRuntime:Logs:Wire."),
        ("OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_..", "OpenTelemetry's own."),
    ];

    /// <summary>What the framework reads.</summary>
    private static readonly string[] Framework =
    [
        "urls", "http_ports", "https_ports", "https_port", "environment", "contentRoot", "applicationName", "webroot", "AllowedHosts", "shutdownTimeoutSeconds",
        "preferHostingUrls", "suppressStatusMessages", "detailedErrors", "captureStartupErrors",
    ];

    private static readonly string[] FrameworkSections = ["Logging:", "Metrics:", "Kestrel:", "Orleans:", "OTEL_"];

    private static readonly Lazy<IReadOnlyList<Setting>> Everything = new(() => [.. Sections.SelectMany(section => Setting.Of(section.Section, section.Options))]);

    /// <summary>Every setting below <see cref="Root"/>.</summary>
    public static IReadOnlyList<Setting> All => Everything.Value;

    /// <summary>Whether anything reads a name.</summary>
    public static bool Knows(string name) =>
        Plain.Contains(name, StringComparer.OrdinalIgnoreCase) || FrameworkSections.Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase))
        || All.Any(setting => setting.Matches(name));

    /// <summary>The name that somebody may have meant; null where none is near.</summary>
    public static string? Nearest(string name) => NearestName.Of(name, [.. Plain, .. All.Select(setting => setting.Name)]);

    private static IEnumerable<string> Plain => Framework.Concat(Own.SelectMany(own => own.Name.Split(", ")));
}
