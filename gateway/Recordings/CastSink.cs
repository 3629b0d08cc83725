using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Writes asciicast v3 (docs.asciinema.org/manual/asciicast/v3): a head, then a line for each <c>o</c>, <c>m</c>, <c>r</c> and <c>x</c> with the seconds since the one before.</summary>
internal sealed class CastSink(IBufferWriter<byte> buffer) : IRecordingSink
{
    private const int IdleSeconds = 2;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private DateTimeOffset last;
    private RecordingTrack? current;
    private bool returned;
    private bool atLineStart = true;

    public void Begin(DateTimeOffset at, string title, int columns, int rows)
    {
        last = at;
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            json.WriteStartObject("term");
            json.WriteNumber("cols", columns);
            json.WriteNumber("rows", rows);
            json.WriteString("type", "xterm-256color");
            json.WriteEndObject();
            json.WriteNumber("timestamp", at.ToUnixTimeSeconds());
            json.WriteNumber("idle_time_limit", IdleSeconds);
            json.WriteString("title", title);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    public void Output(DateTimeOffset at, RecordingTrack source, string text)
    {
        if (current != source && source.Label is { } label) Note(at, label);
        current = source;
        Write(at, 'o', source.IsTerminal ? text : WithReturns(text));
        atLineStart = text[^1] == '\n';
    }

    public void Close(DateTimeOffset at, RecordingTrack source)
    {
        if (current == source) current = null;
    }

    public void Note(DateTimeOffset at, string text)
    {
        Write(at, 'o', $"{(atLineStart ? "" : "\r\n")}\e[0;2m[{text}]\e[0m\r\n");
        (atLineStart, current, returned) = (true, null, false);
    }

    public void Marker(DateTimeOffset at, string label) => Write(at, 'm', label);

    public void Resize(DateTimeOffset at, int columns, int rows) => Write(at, 'r', $"{columns}x{rows}");

    public void Exit(DateTimeOffset at, int code) => Write(at, 'x', $"{code}");

    public void End()
    {
    }

    /// <summary>As a terminal's driver does for programs: a line feed alone would leave the cursor in its column.</summary>
    private string WithReturns(string text)
    {
        var after = returned;
        returned = text[^1] == '\r';
        if (!text.Contains('\n', StringComparison.Ordinal)) return text;
        if (after && text[0] == '\n') return "\n" + text[1..].Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
    }

    private void Write(DateTimeOffset at, char code, string data)
    {
        var waited = at > last ? at - last : TimeSpan.Zero;
        if (at > last) last = at;
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartArray();
            json.WriteNumberValue(Math.Round((decimal)waited.TotalSeconds, 3));
            json.WriteStringValue($"{code}");
            json.WriteStringValue(data);
            json.WriteEndArray();
        }

        buffer.Write("\n"u8);
    }
}
