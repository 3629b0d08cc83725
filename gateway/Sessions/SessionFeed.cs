using System.Collections.Immutable;
using Orleans.Streams;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// One open session on this gateway: its only stream subscription and the ring of its newest events, shared by all its connections.
/// Live delivery may lose, repeat or reorder frames. The ring takes only what follows on; after a gap it starts anew behind it, and readers
/// fetch what lies between from the log, where everything is committed before it is published.
/// </summary>
internal sealed partial class SessionFeed(SessionKey key, ISessionLog log, FeedOptions options, TimeProvider time, ILogger logger, Action<SessionFeed> deleted)
{
    private readonly Lock gate = new();
    private readonly EventRing ring = new(options.RingEvents, options.RingBytes);
    private ImmutableArray<SessionReader> readers = [];
    private StreamSubscriptionHandle<SessionFrame>? subscription;
    private bool closed;
    private bool gone;
    private bool ended;
    private int checksWanted;
    private EncodedEvent? last;
    private long lastHeard = time.GetTimestamp();
    private bool gapped;
    private int quietChecks;

    public SessionKey Key => key;

    /// <summary>Who reads, at this moment.</summary>
    public ImmutableArray<SessionReader> Readers => readers;

    /// <summary>Subscribes, waits until the subscription stands, and only then asks where the log ends: nothing can fall in
    /// between.</summary>
    public async Task StartAsync(IAsyncStream<SessionFrame> stream)
    {
        subscription = await stream.SubscribeAsync(OnFrameAsync, OnGapAsync);
        Observe(await log.GetHeaderAsync(key) is { } header ? new LogHead(header.Epoch, header.Head) : null);
    }

    /// <summary>Ends the subscription.</summary>
    public async Task StopAsync()
    {
        if (subscription is null) return;
        try
        {
            await subscription.UnsubscribeAsync();
        }
        catch (Exception exception)
        {
            LogUnsubscribeFailed(key, exception);
        }
    }

    /// <summary>Adds a reader; false once the feed is closed.</summary>
    public bool TryAdd(SessionReader reader)
    {
        lock (gate)
        {
            if (closed) return false;
            readers = readers.Add(reader);
            return true;
        }
    }

    /// <summary>Removes a reader; true if it was the last one, the feed is closed then.</summary>
    public bool Remove(SessionReader reader)
    {
        lock (gate)
        {
            readers = readers.Remove(reader);
            if (closed || readers.Length > 0) return false;
            return closed = true;
        }
    }

    /// <summary>What the ring holds.</summary>
    public (int Events, long Bytes) Held
    {
        get
        {
            lock (gate) return (ring.Count, ring.Bytes);
        }
    }

    /// <summary>How many readers want what is only in the log.</summary>
    public int CountLagging()
    {
        lock (gate) return readers.Count(reader => reader.Epoch == ring.Epoch && reader.Covered < ring.First - 1);
    }

    /// <summary>Copies what the ring has after a cursor.</summary>
    public FeedRead Read(string epoch, long cursor, List<EncodedEvent> into)
    {
        lock (gate)
        {
            if (ended) return FeedRead.Deleted;
            if (gone || ring.Epoch != epoch) return FeedRead.Lost;
            if (cursor >= ring.Head) return FeedRead.UpToDate;
            return ring.TryCopyAfter(cursor, into) ? FeedRead.Copied : FeedRead.Behind;
        }
    }

    /// <summary>Whether the session is deleted.</summary>
    public bool HasEnded
    {
        get
        {
            lock (gate) return ended;
        }
    }

    /// <summary>Takes the store's word on where the log ends; null if the session is gone.</summary>
    public void Observe(LogHead? head)
    {
        lock (gate)
        {
            (lastHeard, quietChecks, gapped) = (time.GetTimestamp(), quietChecks + 1, false);
            gone = head is null;
            if (head is { } known && (known.Epoch != ring.Epoch || known.Seq > ring.Head))
            {
                if (ring.Epoch.Length > 0 && known.Epoch != ring.Epoch) LogEpochChanged(key, ring.Epoch, known.Epoch);
                else if (ring.Epoch.Length > 0) LogGap(key, ring.Head, known.Seq);
                ring.Reset(known.Epoch, known.Seq);
            }
            else if (!gone && quietChecks > 1)
            {
                ring.Forget(); // nobody lags behind this long; the log has it all
                return;
            }
        }

        WakeReaders();
    }

    /// <summary>Whether the log should be asked for the head now.</summary>
    public bool IsCheckDue()
    {
        lock (gate)
        {
            if (gapped) return true;
            var silent = time.GetElapsedTime(lastHeard).TotalMilliseconds;
            if (silent < Math.Min(options.BusyCheckMs, options.IdleCheckMs)) return false;
            return silent >= (FeedActivity.IsBusy(last, quietChecks) ? options.BusyCheckMs : options.IdleCheckMs);
        }
    }

    private Task OnFrameAsync(SessionFrame frame, StreamSequenceToken? token)
    {
        lock (gate)
        {
            if (ring.Epoch.Length == 0) ring.Reset(frame.Epoch, frame.After);
            if (frame.DeletedBy is { } by && frame.Epoch == ring.Epoch)
            {
                _ = EndAsync(by);
                return Task.CompletedTask;
            }

            if (gone || frame.Epoch != ring.Epoch)
            {
                _ = CheckAsync(); // late word of an old epoch, or a new one began: only the store knows
                return Task.CompletedTask;
            }

            (lastHeard, quietChecks) = (time.GetTimestamp(), 0);
            if (frame.Seq <= ring.Head) return Task.CompletedTask;
            if (frame.After > ring.Head)
            {
                LogGap(key, ring.Head, frame.Seq);
                ring.Reset(frame.Epoch, frame.After);
            }

            // Readers that have not got as far find in the log what is left of it.
            if (frame.Events.Any(FeedActivity.Erases)) ring.Forget();
            foreach (var @event in frame.Events)
            {
                if (@event.Seq > ring.Head) ring.Append(last = @event);
            }
        }

        WakeReaders();
        return Task.CompletedTask;
    }

    /// <summary>Frames may have been lost, and the subscription stands again: only the log knows what they were. Asked until it
    /// answers.</summary>
    private Task OnGapAsync(Exception gap)
    {
        lock (gate) gapped = true;
        _ = CheckAsync();
        return Task.CompletedTask;
    }

    /// <summary>The session is deleted: who reads it is told, and nothing of it is kept.</summary>
    private async Task EndAsync(string deletedBy)
    {
        await Task.Yield();
        ImmutableArray<SessionReader> told;
        lock (gate)
        {
            if (ended) return;
            (ended, closed, told, readers) = (true, true, readers, []);
            ring.Reset("", 0);
        }

        var signal = ServerFrames.Deleted(key.Session, deletedBy);
        foreach (var reader in told)
        {
            reader.End();
            reader.Owner.Signal(signal);
            reader.Owner.Wake();
        }

        deleted(this);
        await StopAsync();
    }

    private async Task CheckAsync()
    {
        if (Interlocked.Increment(ref checksWanted) > 1) return;
        int answered;
        do
        {
            answered = Volatile.Read(ref checksWanted);
            try
            {
                await Task.Yield();
                Observe(await log.GetHeaderAsync(key) is { } header ? new LogHead(header.Epoch, header.Head) : null);
            }
            catch (Exception exception)
            {
                LogCheckFailed(key, exception);
            }
        }
        while (Interlocked.Add(ref checksWanted, -answered) > 0);
    }

    private void WakeReaders()
    {
        foreach (var reader in readers) reader.Owner.Wake();
    }
}

/// <summary>What a feed's ring says to a cursor.</summary>
internal enum FeedRead
{
    /// <summary>There is nothing after it.</summary>
    UpToDate,

    /// <summary>Everything after it was copied.</summary>
    Copied,

    /// <summary>Some of what comes after it is only in the log.</summary>
    Behind,

    /// <summary>It belongs to an epoch that has ended.</summary>
    Lost,

    /// <summary>The session is deleted; its readers are told, or have been.</summary>
    Deleted,
}
