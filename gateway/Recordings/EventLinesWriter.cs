using System.Buffers;
using System.Text.Json;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Lines of JSON: a head, the events as the log has them, a line in place of each gap, and an end, by which a recording that was cut off is told from a whole one.</summary>
internal sealed class EventLinesWriter : IRecordingWriter
{
    private readonly IBufferWriter<byte> buffer;
    private readonly RecordingSubject subject;

    public EventLinesWriter(RecordingSubject subject, IBufferWriter<byte> buffer)
    {
        (this.subject, this.buffer) = (subject, buffer);
        Write("recording", json =>
        {
            json.WriteString("session", subject.Session);
            if (subject.Execution is { } execution) json.WriteString("executionId", execution);
            json.WriteString("epoch", subject.Epoch);
            json.WriteNumber("head", subject.Head);
        });
    }

    public void Missing(long from, long to) => Write("missing", json =>
    {
        json.WriteNumber("from", from);
        json.WriteNumber("to", to);
    });

    public void Take(EncodedEvent happened)
    {
        var json = happened.Json.Span;
        // A line is one event: what has line breaks in it, which only spaces between tokens can be, is written anew.
        if (json.IndexOfAny((byte)'\n', (byte)'\r') >= 0) Rewrite(happened.Json);
        else buffer.Write(json);
        buffer.Write("\n"u8);
    }

    public void End() => Write("end", json => json.WriteNumber("seq", subject.Head));

    private void Rewrite(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, WireJson.Deep);
        using var writer = new Utf8JsonWriter(buffer);
        document.RootElement.WriteTo(writer);
    }

    private void Write(string name, Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(name);
            members(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }
}
