using System.Collections.Frozen;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Where a reader begins.</summary>
internal readonly record struct SessionPosition(string Epoch, long After, string? Check = null);

/// <summary>What a reader wants: only these types (null: all), at least this long between two frames, and only what concerns one execution (null: everything).</summary>
internal sealed record ReaderSettings(FrozenSet<string>? Types, TimeSpan MinInterval, string? Execution = null)
{
    public static ReaderSettings Everything { get; } = new(null, TimeSpan.Zero);
}

/// <summary>Who a reader reads for; told when there is something new.</summary>
internal interface IReaderOwner
{
    /// <summary>Who it is, where that is somebody who looks on; null for a response that is read by a program.</summary>
    string? Subject => null;

    /// <summary>Something new may be there. Returns at once.</summary>
    void Wake();

    /// <summary>Passes on what is not numbered and not kept; may be dropped.</summary>
    void Signal(ReadOnlyMemory<byte> json);
}
