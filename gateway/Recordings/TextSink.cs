using System.Buffers;
using System.Globalization;
using System.Text;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Writes what was printed as plain text, whole lines only, so that what several wrote at once stays legible.</summary>
internal sealed class TextSink(IBufferWriter<byte> buffer) : IRecordingSink
{
    private readonly Dictionary<RecordingTrack, TextLines> open = [];
    private RecordingTrack? current;

    public void Begin(DateTimeOffset at, string title, int columns, int rows)
    {
        Write($"# {title.ReplaceLineEndings(" ")}");
        Write($"# {at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
    }

    public void Output(DateTimeOffset at, RecordingTrack source, string text)
    {
        if (!open.TryGetValue(source, out var lines)) open[source] = lines = new(line => Line(source, line));
        lines.Write(text);
    }

    public void Close(DateTimeOffset at, RecordingTrack source)
    {
        if (open.Remove(source, out var lines)) lines.Flush();
    }

    public void Note(DateTimeOffset at, string text)
    {
        foreach (var lines in open.Values) lines.Flush();
        Write($"[{text.ReplaceLineEndings(" ")}]");
        current = null;
    }

    public void Marker(DateTimeOffset at, string label)
    {
    }

    public void Resize(DateTimeOffset at, int columns, int rows)
    {
    }

    public void Exit(DateTimeOffset at, int code) => Write($"[exit {code}]");

    public void End()
    {
        foreach (var lines in open.Values) lines.Flush();
    }

    private void Line(RecordingTrack source, string line)
    {
        if (current != source && source.Label is { } label) Write($"[{label}]");
        current = source;
        Write(line);
    }

    private void Write(string line)
    {
        Encoding.UTF8.GetBytes(line, buffer);
        buffer.Write("\n"u8);
    }
}
