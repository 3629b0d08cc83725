using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Postgres;

/// <summary>The search index of a cluster; section <c>ToolRuntime:SessionSearch:Postgres</c>, the same for all silos and gateways.</summary>
public sealed class PostgresSearchOptions
{
    /// <summary>
    /// The database of a cluster's search index, in Npgsql's form: <c>Host=..;Username=..;Password=..;Database=..</c>. The user may create tables. PostgreSQL 13 or newer.
    /// Default none: a cluster's sessions can't be searched. A single process needs none.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Texts that are ranked by relevance at most; where more match, the newest come first. Default 1,000.</summary>
    [Range(10, 100_000)]
    public int MaxRanked { get; set; } = 1_000;

    /// <summary>How long a search may take before it is given up, milliseconds. Default 5,000.</summary>
    [Range(1_000, 60_000)]
    public int TimeoutMs { get; set; } = 5_000;
}
