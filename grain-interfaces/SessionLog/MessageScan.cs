using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>Finds messages by reading a whole log: right for any store, and what a store that has an index is compared with.</summary>
internal sealed class MessageScan
{
    private static readonly LogReadLimits Page = new(1_000, 1 << 20);

    private readonly Dictionary<string, Found> found = [];
    private readonly List<Found> order = [];
    private Found? pausing;

    public static async Task<MessagePage?> ReadAsync(
        ISessionLog log, SessionKey session, string? before, LogReadLimits limits, CancellationToken cancellationToken)
    {
        var scan = new MessageScan();
        for (var after = 0L; ;)
        {
            var page = await log.ReadAsync(session, after, Page, cancellationToken).ConfigureAwait(false);
            if (page.Entries.IsEmpty) return scan.Select(page, before, limits);
            foreach (var entry in page.Entries) scan.Take(entry);
            after = page.Entries[^1].Event.Seq;
        }
    }

    private void Take(LogEntry entry)
    {
        var (type, target, json) = (entry.Event.Type, entry.Event.Target, entry.Event.Json);
        if (type == MessageEntryTypes.BatchStarted) pausing?.Batches.Add(target!);
        pausing = null;
        if (type == MessageEntryTypes.Reset)
        {
            found.Clear();
            order.Clear();
        }

        if (target is null || !MessageEntryTypes.IsAbout(type)) return;
        if (!found.TryGetValue(target, out var message))
        {
            if (!MessageEntryTypes.Creates(type, json.Span)) return;
            found[target] = message = new(target);
            order.Add(message);
        }

        message.Entries.Add(entry);
        if (MessageEntryTypes.Pauses(type, json.Span)) pausing = message;
    }

    private MessagePage? Select(LogPage page, string? before, LogReadLimits limits)
    {
        var end = before is null ? order.Count : order.FindIndex(message => message.Id == before);
        if (end < 0) return null;
        var (start, bytes) = (end, 0L);
        while (start > 0 && end - start < limits.MaxEntries)
        {
            bytes += order[start - 1].Bytes;
            if (start < end && bytes > limits.MaxBytes) break;
            start--;
        }

        return new(page.Epoch, [.. order[start..end].Select(message => message.Result)], start > 0, page.First > 1);
    }

    private sealed class Found(string id)
    {
        public string Id => id;

        public List<LogEntry> Entries { get; } = [];

        public List<string> Batches { get; } = [];

        public long Bytes => Kept.Sum(entry => (long)entry.Event.Json.Length + entry.Private.Length);

        public MessageEntries Result => new(id, [.. Kept], [.. Batches]);

        private IEnumerable<LogEntry> Kept => Entries.Any(entry => MessageEntryTypes.HasWholeText(entry.Event.Type))
            ? Entries.Where(entry => entry.Event.Type != MessageEntryTypes.Delta)
            : Entries;
    }
}
