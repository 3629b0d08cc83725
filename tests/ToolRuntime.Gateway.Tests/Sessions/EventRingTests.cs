using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Tests.Sessions;

public class EventRingTests
{
    [Fact]
    public void Append_MoreThanFits_KeepsTheNewest()
    {
        var ring = new EventRing(maxEvents: 4, maxBytes: 1_000);
        ring.Reset("e", 10);

        for (var seq = 11; seq <= 20; seq++) ring.Append(Event(seq, 1));

        Assert.Equal((17, 20, 4), (ring.First, ring.Head, ring.Count));
        Assert.Equal([19L, 20], Copy(ring, 18)!);
        Assert.Equal([17L, 18, 19, 20], Copy(ring, 16)!);
        Assert.Null(Copy(ring, 15));
        Assert.Equal([], Copy(ring, 20)!);
    }

    [Fact]
    public void Append_BytesBeyondTheLimit_DropsTheOldestButKeepsTheNewest()
    {
        var ring = new EventRing(maxEvents: 100, maxBytes: 10);
        ring.Reset("e", 0);

        ring.Append(Event(1, 6));
        ring.Append(Event(2, 6));
        Assert.Equal([2L], Copy(ring, 1)!);
        ring.Append(Event(3, 60));

        Assert.Equal([3L], Copy(ring, 2)!);
        Assert.Equal(60, ring.Bytes);
    }

    [Fact]
    public void Append_Hole_Throws()
    {
        var ring = new EventRing(4, 100);
        ring.Reset("e", 5);

        Assert.Throws<ArgumentException>(() => ring.Append(Event(7, 1)));
    }

    [Fact]
    public void Reset_Filled_HoldsNothing()
    {
        var ring = new EventRing(4, 100);
        ring.Reset("e", 0);
        ring.Append(Event(1, 1));

        ring.Reset("f", 9);

        Assert.Equal(("f", 9, 10, 0, 0), (ring.Epoch, ring.Head, ring.First, ring.Count, ring.Bytes));
    }

    private static EncodedEvent Event(long seq, int size) => new(seq, "t", null, new byte[size]);

    private static IEnumerable<long>? Copy(EventRing ring, long cursor)
    {
        var into = new List<EncodedEvent>();
        return ring.TryCopyAfter(cursor, into) ? into.Select(@event => @event.Seq) : null;
    }
}
