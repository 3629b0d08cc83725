using Orleans.Serialization;

namespace ToolRuntime.Streams;

/// <summary>An item on its way: the value itself within a process, its bytes between processes. Each is made from the other only when
/// somebody asks for it, once.</summary>
public sealed class LiveItem
{
    private readonly Serializer? serializer;
    private object? value;
    private byte[]? bytes;

    /// <summary>An item that is published. Nobody changes <paramref name="value"/> any more.</summary>
    public LiveItem(object value, Serializer serializer) => (this.value, this.serializer) = (value, serializer);

    /// <summary>An item that has come as <see cref="Bytes"/>.</summary>
    public LiveItem(byte[] bytes, Serializer serializer) => (this.bytes, this.serializer) = (bytes, serializer);

    private LiveItem()
    {
    }

    /// <summary>No item, but the word that some may have been lost before it: whoever needs all reads them where they are kept. The
    /// subscription stands when it comes.</summary>
    public static LiveItem Gap { get; } = new();

    /// <summary>The value; shared by all who get the item, so nobody may change it.</summary>
    public object Value => value ??= Serializer.Deserialize<object>(bytes!)!;

    /// <summary>The value as Orleans' serializer writes it.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes ??= Serializer.SerializeToArray<object>(value!);

    private Serializer Serializer => serializer ?? throw new InvalidOperationException("A gap has no value.");
}
