using System.Text;
using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Tools.Search;

/// <summary>The results of one search: each is sent as a line of JSON the moment it is known, and again when its page has been read.</summary>
internal sealed class SearchResults(SearchQuery query, IToolContext context)
{
    private readonly List<SearchHit> hits = [];
    private readonly Dictionary<int, PageExtract> extracts = [];
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public IReadOnlyList<SearchHit> Hits => hits;

    public IReadOnlyDictionary<int, PageExtract> Extracts => extracts;

    /// <summary>Takes a result that fits and is new; answers whether more are wanted.</summary>
    public async ValueTask<bool> AddAsync(SearchHit hit, CancellationToken cancellationToken)
    {
        if (hits.Count >= query.Count) return false;
        if (!query.Takes(hit.Url) || !known.Add(hit.Url.AbsoluteUri)) return true;
        hits.Add(hit);
        await SendAsync(hits.Count, cancellationToken);
        return hits.Count < query.Count;
    }

    /// <summary>Takes the text of a result's page.</summary>
    public async ValueTask AddAsync(int rank, PageExtract extract, CancellationToken cancellationToken)
    {
        lock (extracts) extracts[rank] = extract;
        await SendAsync(rank, cancellationToken);
    }

    /// <summary>Writes a result's members.</summary>
    public void Write(Utf8JsonWriter json, int rank)
    {
        var hit = hits[rank - 1];
        json.WriteNumber("rank", rank);
        json.WriteString("title", hit.Title);
        json.WriteString("url", hit.Url.AbsoluteUri);
        json.WriteString("snippet", hit.Snippet);
        if (hit.Published is { } published) json.WriteString("published", published);
        if (hit.Score is { } score) json.WriteNumber("score", score);
        PageExtract? extract;
        lock (extracts) extract = extracts.GetValueOrDefault(rank);
        if (extract?.Text is { } text) json.WriteString("text", text);
        if (extract is { Text: not null }) json.WriteBoolean("textTruncated", extract.Truncated);
        if (extract?.Error is { } error) json.WriteString("textError", error);
    }

    private ValueTask SendAsync(int rank, CancellationToken cancellationToken)
    {
        var line = JsonText.Object(json => Write(json, rank)).Json + "\n";
        return context.WriteOutputAsync(OutputStream.Result, Encoding.UTF8.GetBytes(line), cancellationToken);
    }
}

/// <summary>A page's text, or why it can't be had.</summary>
internal sealed record PageExtract(string? Text, bool Truncated, string? Error);
