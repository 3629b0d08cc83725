using Microsoft.Extensions.Options;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners.Policies;

/// <summary>A result that need not be computed, and how old it is.</summary>
internal sealed record CacheHit(ToolResult Result, TimeSpan Age);

/// <summary>
/// Successful results of cacheable tools, by key; the least recently used go first. Of equal calls at the same time one runs and the others
/// get its result; when that one fails, each of the others runs for itself.
/// </summary>
internal sealed class ResultCache(IOptions<ToolCacheOptions> options, TimeProvider time)
{
    private const int EntryOverhead = 256;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource> flights = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> byUse = [];

    public long Bytes { get; private set; }

    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <summary>The key of a call. Tenants never share one.</summary>
    public static string Key(SessionKey session, string tool, JsonText arguments) =>
        $"{session.Tenant}/tool:{tool}:{CanonicalJson.Hash(arguments.ToElement())}";

    /// <summary>A fresh result, if there is one.</summary>
    public CacheHit? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var node)) return null;
            var age = time.GetElapsedTime(node.Value.StoredAt);
            if (age >= node.Value.Lifetime)
            {
                Remove(node);
                return null;
            }

            byUse.Remove(node);
            byUse.AddFirst(node);
            return new(node.Value.Result, age);
        }
    }

    /// <summary>A fresh result, or that of <paramref name="run"/>, which is kept if it is a success.</summary>
    public async Task<(ToolResult Result, CacheHit? Hit)> GetOrRunAsync(
        string key, TimeSpan lifetime, Func<Task<ToolResult>> run, CancellationToken cancellationToken)
    {
        if (Find(key) is { } hit) return (hit.Result, hit);
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource? other;
        lock (gate)
        {
            if (!flights.TryGetValue(key, out other)) flights[key] = mine;
        }

        if (other is not null)
        {
            await other.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (Find(key) is { } theirs) return (theirs.Result, theirs);
        }

        try
        {
            var result = await run().ConfigureAwait(false);
            if (result.Error is null) Add(new(key, result, lifetime, time.GetTimestamp()));
            return (result, null);
        }
        finally
        {
            if (other is null)
            {
                lock (gate) flights.Remove(key);
                mine.SetResult();
            }
        }
    }

    private void Add(Entry entry)
    {
        if (entry.Bytes > options.Value.MaxBytes / 4) return;
        lock (gate)
        {
            if (entries.TryGetValue(entry.Key, out var old)) Remove(old);
            entries[entry.Key] = byUse.AddFirst(entry);
            Bytes += entry.Bytes;
            while (entries.Count > options.Value.MaxEntries || Bytes > options.Value.MaxBytes) Remove(byUse.Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        byUse.Remove(node);
        entries.Remove(node.Value.Key);
        Bytes -= node.Value.Bytes;
    }

    private sealed record Entry(string Key, ToolResult Result, TimeSpan Lifetime, long StoredAt)
    {
        public long Bytes { get; } = EntryOverhead + (
            sizeof(char) * ((long)Key.Length + Result.Result.Json.Length + Result.Summary.Length));
    }
}
