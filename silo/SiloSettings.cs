using ToolRuntime.Batches;
using ToolRuntime.CommandLine;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Metrics;
using ToolRuntime.Models;
using ToolRuntime.Models.Providers;
using ToolRuntime.Notices;
using ToolRuntime.Processes.History;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Search;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Silo.Hosting;
using ToolRuntime.Silo.Telemetry;
using ToolRuntime.Statistics;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Redis.Limits;
using ToolRuntime.Stores.Redis.Results;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Stores.Workspaces;
using ToolRuntime.Stores.Workspaces.Blobs;
using ToolRuntime.Tools.Attach;
using ToolRuntime.Tools.Code;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Images;
using ToolRuntime.Tools.Mcp;
using ToolRuntime.Tools.Named;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Processes.Table;
using ToolRuntime.Tools.Sandboxes;
using ToolRuntime.Tools.Sandboxes.Daytona;
using ToolRuntime.Tools.Search;
using ToolRuntime.Tools.Shell;
using ToolRuntime.Tools.Web;
using ToolRuntime.Usage;
using SessionOptions = ToolRuntime.Sessions.SessionOptions;

namespace ToolRuntime.Silo;

/// <summary>Every setting that a silo reads, by section; a gateway that hosts one reads them too.</summary>
internal static class SiloSettings
{
    /// <summary>The sections, and what is bound to each.</summary>
    public static IReadOnlyList<(string Section, Type Options)> Sections { get; } =
    [
        (ClusterHostOptions.Section, typeof(ClusterHostOptions)),
        (LogOptions.Section, typeof(LogOptions)),
        (TelemetryOptions.Section, typeof(TelemetryOptions)),
        (MetricHistoryOptions.Section, typeof(MetricHistoryOptions)),
        (ProcessHistoryOptions.Section, typeof(ProcessHistoryOptions)),
        ("ToolRuntime:Redis", typeof(RedisSessionLogOptions)),
        ("ToolRuntime:Redis:Limits", typeof(RedisLimitOptions)),
        ("ToolRuntime:Redis:Results", typeof(RedisResultOptions)),
        ("ToolRuntime:Archive", typeof(PostgresArchiveOptions)),
        ("ToolRuntime:Archive", typeof(ArchiveOptions)),
        ("ToolRuntime:Data", typeof(SqliteSessionLogOptions)),
        ("ToolRuntime:Workspaces", typeof(WorkspaceOptions)),
        ("ToolRuntime:Workspaces:Store", typeof(WorkspaceStoreOptions)),
        ("ToolRuntime:Blobs", typeof(BlobOptions)),
        ("ToolRuntime:Models", typeof(ModelCatalogOptions)),
        ("ToolRuntime:Models:OpenAI", typeof(ProviderOptions)),
        ("ToolRuntime:Models:Anthropic", typeof(ProviderOptions)),
        ("ToolRuntime:Models:Gemini", typeof(ProviderOptions)),
        ("ToolRuntime:Mcp", typeof(McpOptions)),
        ("ToolRuntime:Batches", typeof(BatchOptions)),
        ("ToolRuntime:Replies", typeof(ModelOptions)),
        ("ToolRuntime:Sessions", typeof(SessionOptions)),
        ("ToolRuntime:SessionSearch", typeof(SessionSearchOptions)),
        ("ToolRuntime:SessionSearch", typeof(SqliteSearchOptions)),
        ("ToolRuntime:SessionSearch:Postgres", typeof(PostgresSearchOptions)),
        ("ToolRuntime:Jobs", typeof(JobOptions)),
        ("ToolRuntime:Notices", typeof(NoticeOptions)),
        ("ToolRuntime:Webhooks", typeof(WebhookOptions)),
        ("ToolRuntime:Runners", typeof(RunnerOptions)),
        ("ToolRuntime:Tools:<tool or Default>", typeof(ToolPolicyOptions)),
        ("ToolRuntime:Aliases", typeof(ToolAliasOptions)),
        ("ToolRuntime:Cache", typeof(ToolCacheOptions)),
        ("ToolRuntime:Statistics", typeof(StatisticsOptions)),
        ("ToolRuntime:Usage", typeof(UsageOptions)),
        ("ToolRuntime:Quotas", typeof(QuotaOptions)),
        ("ToolRuntime:Shell", typeof(ShellOptions)),
        ("ToolRuntime:Terminal", typeof(TerminalOptions)),
        ("ToolRuntime:NamedProcesses", typeof(NamedProcessOptions)),
        ("ToolRuntime:Attach", typeof(AttachOptions)),
        ("ToolRuntime:ProcessTable", typeof(ProcessTableOptions)),
        ("ToolRuntime:Code", typeof(CodeOptions)),
        ("ToolRuntime:Processes", typeof(ProcessOptions)),
        ("ToolRuntime:Files", typeof(FileToolOptions)),
        ("ToolRuntime:Sandbox", typeof(SandboxOptions)),
        ("ToolRuntime:Sandbox:Daytona", typeof(DaytonaOptions)),
        ("ToolRuntime:Web", typeof(WebOptions)),
        ("ToolRuntime:Web:Firecrawl", typeof(FirecrawlOptions)),
        ("ToolRuntime:Search", typeof(SearchOptions)),
        ("ToolRuntime:Images", typeof(ImageOptions)),
        (DashboardOptions.Section, typeof(DashboardOptions)),
    ];

    /// <summary>Names of their own, in the environment or as options, and what they say.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Own { get; } =
    [
        (ClusterHostOptions.Redis, "host:port of the cluster's Redis, with options as StackExchange.Redis writes them (password=.., ssl=true). With it the process is one of a cluster."),
        ("OPENAI_API_KEY, OPENAI_BASE_URL", "Key and address of OpenAI, or of a compatible server."),
        ("ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL", "The same of Anthropic."),
        ("GEMINI_API_KEY, GEMINI_BASE_URL", "The same of Gemini."),
        ("TAVILY_API_KEY, TAVILY_BASE_URL", "Key and address of Tavily, with which web_search searches."),
        ("SEARXNG_BASE_URL", "ToolRuntime:Search:SearXngUrl: a SearXNG server that web_search asks where there is no key of Tavily."),
        ("WEB_SEARCH_TIMEOUT_MS", "ToolRuntime:Search:Timeout and DeepTimeout, in milliseconds."),
        ("FIRECRAWL_API_KEY, FIRECRAWL_BASE_URL", "Key and address of Firecrawl, which web_scrape asks first."),
        ("SCRAPE_TIMEOUT_MS", "ToolRuntime:Web:Firecrawl:Timeout, in milliseconds."),
        ("DAYTONA_API_KEY, DAYTONA_API_URL, DAYTONA_TARGET", "Key, address and region of Daytona, in whose sandboxes shell, code and the file tools then work."),
        ("TOOL_CACHE_TTL", "ToolRuntime:Tools:Default:CacheSeconds."),
        ("TOOL_EXECUTION_MAX_WAIT", "ToolRuntime:Batches:MaxWait, in minutes."),
        ("TOOL_EXECUTION_DEFAULT_TIMEOUT", "ToolRuntime:Batches:AttemptTimeout, in seconds."),
        ("PARALLEL_TOOL_EXECUTION", "false: one execution of a batch at a time."),
        ("WEBSOCKET_PROGRESS_ENABLED", "ToolRuntime:Runners:WaitingEnabled."),
        ("OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_..", "OpenTelemetry's own."),
    ];

    /// <summary>All of them, of a silo by itself.</summary>
    public static KnownSettings Known { get; } = new(Sections, Own, ["urls", "environment", "contentRoot", "applicationName", "shutdownTimeoutSeconds"], []);
}
