using System.Collections.Immutable;
using Orleans.Streams;
using ToolRuntime.Notices;

namespace ToolRuntime.Gateway.Notices;

/// <summary>
/// A board as this gateway knows it, shared by all its connections of the tenant: read once, kept up by the board's stream, and read again after every gap and now
/// and then.
/// </summary>
internal sealed class NoticeBoard(string key)
{
    private readonly Lock gate = new();
    private ImmutableArray<NoticeReader> readers = [];
    private ImmutableDictionary<string, Notice> notices = ImmutableDictionary<string, Notice>.Empty;
    private StreamSubscriptionHandle<NoticeNews>? subscription;
    private bool closed;
    private int changes;

    public string Key => key;

    /// <summary>What is on it; those that have expired may still be there.</summary>
    public ImmutableDictionary<string, Notice> Notices => notices;

    public ImmutableArray<NoticeReader> Readers => readers;

    public async Task StartAsync(IAsyncStream<NoticeNews> stream, Func<Task> gap) =>
        subscription = await stream.SubscribeAsync((news, _) => TakeAsync(news), _ => gap());

    public async Task StopAsync()
    {
        if (subscription is not null) await subscription.UnsubscribeAsync();
    }

    /// <summary>Adds a reader; false once the board is given up.</summary>
    public bool TryAdd(NoticeReader reader)
    {
        lock (gate)
        {
            if (closed) return false;
            readers = readers.Add(reader);
            return true;
        }
    }

    /// <summary>Removes a reader; true if it was the last one, the board is given up then.</summary>
    public bool Remove(NoticeReader reader)
    {
        lock (gate)
        {
            readers = readers.Remove(reader);
            if (closed || readers.Length > 0) return false;
            return closed = true;
        }
    }

    /// <summary>Takes what the board's grain has. What the stream told while it was asked is newer; then it is to be asked again.</summary>
    public async Task ReadAsync(Func<Task<ImmutableArray<Notice>>> list)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            var before = Volatile.Read(ref changes);
            var all = await list();
            lock (gate)
            {
                if (changes != before) continue;
                notices = all.ToImmutableDictionary(notice => notice.Id);
            }

            break;
        }

        Tell();
    }

    private Task TakeAsync(NoticeNews news)
    {
        lock (gate)
        {
            changes++;
            if (news.Posted is { } notice) notices = notices.SetItem(notice.Id, notice);
            if (news.Withdrawn is { } gone) notices = notices.Remove(gone);
        }

        if (news.Dismissed is { } dismissed)
        {
            foreach (var reader in readers) reader.Dismiss(dismissed);
        }
        else Tell();
        return Task.CompletedTask;
    }

    private void Tell()
    {
        foreach (var reader in readers) reader.Look();
    }
}
