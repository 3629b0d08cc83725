using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>
/// The events that a view after the last of them needs: of what was printed only the end that a view keeps, of the attempt that runs or ran last. What is held until it is known to
/// be needed is bounded; beyond that it goes out as it is.
/// </summary>
internal sealed class MomentWriter(IRecordingWriter inner) : IRecordingWriter
{
    public const int MostBytes = 8 << 20;
    public const int MostHeld = 65_536;

    private readonly List<Held> held = [];
    private readonly Dictionary<(string Execution, string Stream), Tail> tails = [];
    private long bytes;

    public void Missing(long from, long to)
    {
        Release();
        inner.Missing(from, to);
    }

    public void Take(EncodedEvent happened)
    {
        var one = new Held(happened);
        if (happened.Type == OutputEntries.Started) Restart(happened.Target);
        if (happened is { Type: OutputEntries.Output, Target: { } execution })
        {
            var (stream, chars) = OutputEntries.Read(happened.Json.Span);
            if (!tails.TryGetValue((execution, stream), out var tail)) tails[(execution, stream)] = tail = new();
            tail.Outputs.Enqueue((one, chars));
            tail.Chars += chars;
            while (tail.Chars - tail.Outputs.Peek().Chars >= OutputEntries.KeptChars) Drop(tail);
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
