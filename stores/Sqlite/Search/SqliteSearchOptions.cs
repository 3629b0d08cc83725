using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The search index of one process; section <c>ToolRuntime:SessionSearch</c>.</summary>
public sealed class SqliteSearchOptions
{
    /// <summary>The file's usual name.</summary>
    internal const string FileName = "search.db";

    /// <summary>The index file, made when it is missing or damaged; it may be deleted while the server is stopped. Default <c>search.db</c> in the data folder.</summary>
    public string? Path { get; set; }

    /// <summary>Searches that run at the same time. Default 2.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 2;

    /// <summary>Texts that are ranked by relevance at most; where more match, the newest come first. Default 1,000.</summary>
    [Range(10, 100_000)]
    public int MaxRanked { get; set; } = 1_000;

    /// <summary>Texts that are looked at for a filter by state, the newest first; where there are more, the answer says <c>partial</c>. Default 20,000.</summary>
    [Range(100, 10_000_000)]
    public int MaxScanned { get; set; } = 20_000;

    /// <summary>How long a search may take before it is given up with <c>timeout</c>, milliseconds. Default 2,000.</summary>
    [Range(10, 60_000)]
    public int TimeoutMs { get; set; } = 2_000;

    /// <summary>
    /// How long the words that go on from a beginning (<c>modu*</c>) may be gathered, milliseconds; of a beginning of more words the newest 500 texts with its first three characters are looked through. Default 80.
    /// </summary>
    [Range(1, 60_000)]
    public int WidenMs { get; set; } = 80;
}
