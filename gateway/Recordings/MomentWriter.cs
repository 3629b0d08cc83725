using System.Text.Json;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>
/// The events that a view after the last of them needs: of what was printed only the end that a view keeps, of the attempt that runs or ran last. What is held until it is known to
/// be needed is bounded; beyond that it goes out as it is.
/// </summary>
internal sealed class MomentWriter(IRecordingWriter inner) : IRecordingWriter
{
    /// <summary>Characters of a stream's end that a view keeps, at least: it keeps so many bytes of UTF-8.</summary>
    private const int KeptChars = 65_536;

    private const int MostBytes = 8 << 20;
    private const int MostHeld = 65_536;

    private readonly List<Held> held = [];
    private readonly Dictionary<(string Execution, string Stream), Tail> tails = [];
    private readonly char[] scratch = new char[64 * 1024];
    private long bytes;

    public void Missing(long from, long to)
    {
        Release();
        inner.Missing(from, to);
    }

    public void Take(EncodedEvent happened)
    {
        var one = new Held(happened);
        if (happened.Type == "tool.started") Restart(happened.Target);
        if (happened.Type == "tool.output" && Read(happened.Json.Span) is { Execution: { } execution, Stream: { } stream, Chars: var chars })
        {
            if (!tails.TryGetValue((execution, stream), out var tail)) tails[(execution, stream)] = tail = new();
            tail.Outputs.Enqueue((one, chars));
            tail.Chars += chars;
            while (tail.Chars - tail.Outputs.Peek().Chars >= KeptChars) Drop(tail);
        }

        held.Add(one);
        bytes += happened.Json.Length;
        if (bytes > MostBytes || held.Count > MostHeld) Thin();
    }

    public void End()
    {
        Release();
        inner.End();
    }

    private void Restart(string? execution)
    {
        foreach (var tail in tails.Where(each => each.Key.Execution == execution).Select(each => each.Value)) while (tail.Outputs.Count > 0) Drop(tail);
    }

    private void Drop(Tail tail)
    {
        var (one, chars) = tail.Outputs.Dequeue();
        tail.Chars -= chars;
        bytes -= one.Event?.Json.Length ?? 0;
        one.Event = null;
    }

    private void Thin()
    {
        held.RemoveAll(one => one.Event is null);
        if (bytes > MostBytes || held.Count > MostHeld / 2) Release();
    }

    private void Release()
    {
        foreach (var one in held) if (one.Event is { } happened) inner.Take(happened);
        held.Clear();
        tails.Clear();
        bytes = 0;
    }

    /// <summary>Whose output it is, and how many characters it adds at least. Bytes that are no text count an eighth: they may be fewer, or more, as characters.</summary>
    private (string? Execution, string? Stream, int Chars) Read(ReadOnlySpan<byte> json)
    {
        var (execution, stream, chars) = ((string?)null, (string?)null, 0);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isText, isBytes) = (reader.ValueTextEquals("text"u8), reader.ValueTextEquals("base64"u8));
            var (isExecution, isStream) = (reader.ValueTextEquals("executionId"u8), reader.ValueTextEquals("stream"u8));
            if (!reader.Read()) break;
            if (reader.TokenType != JsonTokenType.String) reader.Skip();
            else if (isExecution) execution = reader.GetString();
            else if (isStream) stream = reader.GetString();
            else if (isText) chars = reader.ValueSpan.Length <= scratch.Length ? reader.CopyString(scratch) : reader.ValueSpan.Length / 6;
            else if (isBytes) chars = reader.ValueSpan.Length / 8;
        }

        return (execution, stream, chars);
    }

    private sealed class Held(EncodedEvent happened)
    {
        public EncodedEvent? Event { get; set; } = happened;
    }

    private sealed class Tail
    {
        public Queue<(Held One, int Chars)> Outputs { get; } = [];

        public int Chars { get; set; }
    }
}
