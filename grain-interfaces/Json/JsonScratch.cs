using System.Buffers;
using System.Text.Json;

namespace ToolRuntime;

/// <summary>A writer and its buffer, one a thread, so that a small JSON value costs its own bytes and nothing more.</summary>
public sealed class JsonScratch : IDisposable
{
    private const int LargestKept = 256 * 1024;

    [ThreadStatic]
    private static JsonScratch? free;

    private readonly ArrayBufferWriter<byte> buffer = new(1_024);
    private readonly Utf8JsonWriter writer;

    private JsonScratch() => writer = new(buffer, WireJson.WriterOptions);

    /// <summary>What has been written; valid until the scratch is disposed.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            writer.Flush();
            return buffer.WrittenSpan;
        }
    }

    /// <summary>Where to write one value.</summary>
    public Utf8JsonWriter Writer => writer;

    /// <summary>Takes the thread's scratch, or a new one where that is in use further up. Dispose it on the same thread.</summary>
    public static JsonScratch Take()
    {
        var taken = free ?? new JsonScratch();
        free = null;
        return taken;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        if (buffer.Capacity <= LargestKept) free = this;
        else writer.Dispose();
    }
}
