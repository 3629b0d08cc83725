using Orleans.Streams;

namespace ToolRuntime.Streams;

/// <summary>Members of Orleans' stream interfaces that make no sense for a live stream, and why.</summary>
internal static class Refuse
{
    public static void Token(StreamSequenceToken? token)
    {
        if (token is not null)
        {
            throw new NotSupportedException(
                "Live streams keep nothing, so there is no place to start from; read what was missed from where it is kept.");
        }
    }

    public static NotSupportedException End() => new("A live stream has no end of its own; send an item that says so.");

    public static NotSupportedException Batches() => new("Items of a live stream come one by one; subscribe an IAsyncObserver<T>.");

    public static NotSupportedException Resume() =>
        new("A live stream's subscription is not kept, so there is nothing to resume; subscribe again.");
}
