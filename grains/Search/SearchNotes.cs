using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolRuntime.Search;

/// <summary>What has to be known of a session to read on: whose replies and calls are open, and the last, unfinished lines of their outputs.</summary>
internal sealed class SearchNotes
{
    /// <summary>Who asked for the replies that are open.</summary>
    public Dictionary<string, string> Users { get; init; } = [];

    /// <summary>The calls that are open.</summary>
    public Dictionary<string, OpenCall> Calls { get; init; } = [];

    public static SearchNotes Parse(string json) => json.Length == 0 ? new() : JsonSerializer.Deserialize(json, SearchJsonContext.Default.SearchNotes) ?? new();

    public string ToJson() => Users.Count == 0 && Calls.Count == 0 ? "" : JsonSerializer.Serialize(this, SearchJsonContext.Default.SearchNotes);
}

/// <summary>A call that has not ended.</summary>
internal sealed class OpenCall
{
    public string Tool { get; set; } = "";

    public string? User { get; set; }

    public string? Message { get; set; }

    /// <summary>Whether it has printed anything: then its result, which is the same once more, need not be found.</summary>
    public bool Printed { get; set; }

    public int Attempt { get; set; }

    /// <summary>Its outputs by the names of their streams.</summary>
    public Dictionary<string, OpenLines> Streams { get; init; } = [];
}

/// <summary>An output: how many lines are in the index, and what comes behind them.</summary>
internal sealed class OpenLines
{
    public int Line { get; set; } = 1;

    public string Text { get; set; } = "";

    public long First { get; set; }

    public long Last { get; set; }

    public DateTimeOffset At { get; set; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SearchNotes))]
internal sealed partial class SearchJsonContext : JsonSerializerContext;
