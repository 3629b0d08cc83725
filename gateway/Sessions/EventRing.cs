using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// The newest events of a session, without holes up to <see cref="Head"/>; whatever is older is in the log. Not thread-safe.
/// </summary>
internal sealed class EventRing(int maxEvents, int maxBytes)
{
    private EncodedEvent[] slots = [];
    private int start;
    private int count;
    private long bytes;

    /// <summary>The epoch that the events belong to; empty before the first <see cref="Reset"/>.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>The last seq known to be committed.</summary>
    public long Head { get; private set; }

    /// <summary>The oldest event held; <see cref="Head"/> + 1 when none is.</summary>
    public long First => Head - count + 1;

    public int Count => count;

    public long Bytes => bytes;

    /// <summary>Holds nothing any more and goes on after <paramref name="head"/>.</summary>
    public void Reset(string epoch, long head)
    {
        (slots, start, count, bytes) = ([], 0, 0, 0);
        (Epoch, Head) = (epoch, head);
    }

    /// <summary>Adds the event after the head; drops the oldest where there are too many.</summary>
    public void Append(EncodedEvent @event)
    {
        if (@event.Seq != Head + 1) throw new ArgumentException($"Event {@event.Seq} does not follow {Head}.", nameof(@event));
        while (count > 0 && (count == maxEvents || bytes + @event.Json.Length > maxBytes)) DropOldest();
        if (count == slots.Length) Grow();
        slots[(start + count) % slots.Length] = @event;
        count++;
        bytes += @event.Json.Length;
        Head++;
    }

    /// <summary>Holds none of the events so far any more; they are in the log, or erased.</summary>
    public void Forget() => Reset(Epoch, Head);

    /// <summary>Copies the events after <paramref name="cursor"/>; false where some of them are no longer held.</summary>
    public bool TryCopyAfter(long cursor, List<EncodedEvent> into)
    {
        if (cursor + 1 < First) return false;
        for (var i = (int)(cursor + 1 - First); i < count; i++) into.Add(slots[(start + i) % slots.Length]);
        return true;
    }

    private void DropOldest()
    {
        bytes -= slots[start].Json.Length;
        slots[start] = null!;
        start = (start + 1) % slots.Length;
        count--;
    }

    private void Grow()
    {
        var larger = new EncodedEvent[Math.Min(maxEvents, Math.Max(16, slots.Length * 2))];
        for (var i = 0; i < count; i++) larger[i] = slots[(start + i) % slots.Length];
        (slots, start) = (larger, 0);
    }
}
