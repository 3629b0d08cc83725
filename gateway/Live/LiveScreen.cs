using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Live;

/// <summary>
/// An execution as a live view's messages: the picture that its view has kept (the last 64 KB of each stream, as its card shows, behind the modes that its terminal has by then), then what happens.
/// </summary>
internal sealed class LiveScreen : IRecordingWriter
{
    private const int Columns = 120, Rows = 30;

    private readonly List<ReadOnlyMemory<byte>> messages = [];
    private readonly StringBuilder picture = new();
    private RecordingTrack track = new(null);
    private (int Columns, int Rows) size = (Columns, Rows);
    private DateTimeOffset begun, last;
    private bool shown;

    /// <summary>Whether the execution has ended, or what is sent has.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether it is gone, with what it has printed.</summary>
    public bool Gone { get; private set; }

    /// <summary>What is to be sent, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Messages => messages;

    /// <summary>Takes the picture. What is in it goes through <paramref name="through"/>, so that what follows is seen as its continuation.</summary>
    /// <param name="snapshot">The execution.</param>
    /// <param name="execution">Its id.</param>
    /// <param name="through">What leads here.</param>
    /// <param name="wary">Whether of a text whose beginning is cut off the first word is left out: it may be the end of a secret.</param>
    public void Begin(SessionSnapshot snapshot, string execution, IRecordingWriter through, bool wary)
    {
        using var document = JsonDocument.Parse(snapshot.View, WireJson.Deep);
        var view = document.RootElement.GetProperty("executions").GetProperty(execution);
        if (view.TryGetProperty("startedAt", out var started) && started.TryGetDateTimeOffset(out var at)) begun = last = at;
        if (view.TryGetProperty("terminal", out var terminal)) size = SizeOf(terminal, size);
        picture.Append(LivePicture.Modes(view, wary));
        foreach (var kept in LivePicture.Outputs(view, execution, snapshot.Seq, wary)) through.Take(kept);
        shown = true;
        var ended = view.TextOf("state") is "completed" or "failed" or "timed_out" or "cancelled";
        if (ended && view.NumberOf("elapsedMs") is { } elapsed) last = begun.AddMilliseconds(elapsed);
        messages.Add(Alis.Begin(snapshot.Seq, Microseconds(last - begun), size.Columns, size.Rows, picture.ToString()));
        if (ended) Finish(snapshot.Seq, last, view);
    }

    public void Missing(long from, long to)
    {
    }

    public void Take(EncodedEvent happened)
    {
        using var document = JsonDocument.Parse(happened.Json, WireJson.Deep);
        var json = document.RootElement;
        var at = json.TryGetProperty("at", out var time) && time.TryGetDateTimeOffset(out var told) ? told : last;
        switch (happened.Type)
        {
            case "tool.started":
                (track, begun, last) = (new(null), at, at);
                messages.Add(Alis.Begin(happened.Seq, 0, size.Columns, size.Rows, ""));
                break;
            case "tool.output":
                Print(happened.Seq, at, json);
                break;
            case "tool.resized":
                size = SizeOf(json, size);
                messages.Add(Alis.Resize(happened.Seq, Waited(at), size.Columns, size.Rows));
                break;
            case "tool.completed" or "tool.failed" or "tool.timeout" or "tool.cancelled":
                Finish(happened.Seq, at, json);
                break;
            case "session.reset":
                (Ended, Gone) = (true, true);
                break;
        }
    }

    public void End()
    {
    }

    /// <summary>The messages were sent.</summary>
    public void Clear() => messages.Clear();

    private static (int Columns, int Rows) SizeOf(JsonElement json, (int Columns, int Rows) usual) =>
        (json.NumberOf("cols") is > 0 and <= 1_000 and var columns ? (int)columns : usual.Columns, json.NumberOf("rows") is > 0 and <= 1_000 and var rows ? (int)rows : usual.Rows);

    private static long Microseconds(TimeSpan time) => Math.Max(0, (long)time.TotalMicroseconds);

    private void Print(long seq, DateTimeOffset at, JsonElement json)
    {
        var (_, text, _) = track.Read(json);
        if (text.Length == 0) return;
        // No terminal's driver stood behind a pipe.
        if (json.TextOf("stream") != "terminal") text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        if (shown) messages.Add(Alis.Output(seq, Waited(at), text));
        else picture.Append(text);
    }

    private void Finish(long seq, DateTimeOffset at, JsonElement end)
    {
        if (end.ExitCode() is { } code) messages.Add(Alis.Exit(seq, Waited(at), code));
        messages.Add(Alis.End(Waited(at)));
        Ended = true;
    }

    private long Waited(DateTimeOffset at)
    {
        if (at <= last) return 0;
        var waited = Microseconds(at - last);
        last = at;
        return waited;
    }
}
