using System.Text.Json;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Turns events into what a terminal shows of them. Holds what is open, not what has been.</summary>
internal sealed class RecordingScript(RecordingSubject subject, IRecordingSink sink) : IRecordingWriter
{
    private const int Columns = 120;
    private const int Rows = 30;

    private readonly Dictionary<string, RecordingTrack> tracks = [];
    private string title = subject.Execution ?? subject.Session;
    private (int Columns, int Rows) size = (Columns, Rows);
    private DateTimeOffset? begun;
    private bool shown;
    private string? missing;

    private bool IsSession => subject.Execution is null;

    public void Missing(long from, long to) => missing = from == to ? $"event {from} is not kept any more" : $"events {from} to {to} are not kept any more";

    public void Take(EncodedEvent happened)
    {
        using var document = JsonDocument.Parse(happened.Json, WireJson.Deep);
        var json = document.RootElement;
        var at = json.TryGetProperty("at", out var time) && time.TryGetDateTimeOffset(out var told) ? told : begun ?? DateTimeOffset.UnixEpoch;
        begun ??= at;
        if (IsSession && json.TextOf("title") is { Length: > 0 } named) title = named;
        TellMissing(at);
        if (happened.Type == "batch.started") Plan(json);
        else if (json.TextOf("executionId") is { } execution) TakeTool(happened.Type, at, execution, json);
        else if (json.TextOf("messageId") is { } message) TakeMessage(happened.Type, at, message, json);
        else if (happened.Type == "session.reset") Note(at, "the session was reset");
    }

    public void End()
    {
        var at = begun ?? DateTimeOffset.UnixEpoch;
        TellMissing(at);
        Show(at).End();
    }

    private IRecordingSink Show(DateTimeOffset at)
    {
        if (!shown) sink.Begin(begun ?? at, title, size.Columns, size.Rows);
        shown = true;
        return sink;
    }

    private void TellMissing(DateTimeOffset at)
    {
        if (missing is { } gap) Note(at, gap);
        missing = null;
    }

    private void Note(DateTimeOffset at, string text) => Show(at).Note(at, text);

    private void Plan(JsonElement batch)
    {
        if (!batch.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array) return;
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.TextOf("executionId") is not { } id || (subject.Execution is { } only && id != only)) continue;
            var arguments = tool.TryGetProperty("arguments", out var given) ? given : default;
            var described = RecordedJson.Describe(tool.TextOf("name") ?? id, arguments);
            // What it has at first; events of older versions tell only what was asked for.
            var terminal = tool.TryGetProperty("terminal", out var had) ? had : arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty("terminal", out var asked) ? asked : default;
            tracks[id] = new(IsSession ? described : null, terminal.ValueKind == JsonValueKind.Object);
            if (IsSession) continue;
            title = described;
            size = (SizeOf(terminal, "cols", Columns), SizeOf(terminal, "rows", Rows));
        }
    }

    private static int SizeOf(JsonElement json, string name, int usual) => json.NumberOf(name) is > 0 and <= 1_000 and var told ? (int)told : usual;

    private void TakeTool(string type, DateTimeOffset at, string execution, JsonElement json)
    {
        var track = TrackOf(execution, json.TextOf("name") ?? execution);
        switch (type)
        {
            case "tool.started":
                track.Restart();
                Show(at).Marker(at, Labelled(track, json.NumberOf("attempt") is > 1 and var attempt ? $"attempt {attempt}" : "started"));
                break;
            case "tool.output":
                Output(at, track, json);
                break;
            case "tool.resized" when json.NumberOf("cols") is not null && json.NumberOf("rows") is not null:
                // In a session's recording, terminals share a screen: it is not theirs to change.
                if (!IsSession) Show(at).Resize(at, SizeOf(json, "cols", Columns), SizeOf(json, "rows", Rows));
                break;
            case "tool.progress" when json.TextOf("stage") is { } stage && stage != track.Stage:
                track.Stage = stage;
                Show(at).Marker(at, Labelled(track, json.TextOf("message") is { Length: > 0 } message ? $"{stage}: {message}" : stage));
                break;
            case "tool.retry":
                Note(at, Labelled(track, $"failed, {ErrorOf(json)}; tried again"));
                break;
            case "tool.completed" or "tool.failed" or "tool.timeout" or "tool.cancelled":
                Finish(type["tool.".Length..], at, execution, track, json);
                break;
        }
    }

    private void Output(DateTimeOffset at, RecordingTrack track, JsonElement json)
    {
        var erased = track.Erased;
        var (before, text, behind) = track.Read(json);
        if (before > 0) Note(at, Bytes(before));
        if (track.Erased && !erased) Note(at, "output was erased");
        if (text.Length > 0) Show(at).Output(at, track, text);
        if (behind > 0) Note(at, Bytes(behind));
    }

    private static string Bytes(long count) => $"{count} bytes are not kept";

    private void Finish(string how, DateTimeOffset at, string execution, RecordingTrack track, JsonElement json)
    {
        Show(at).Close(at, track);
        var told = json.TextOf("summary") is { Length: > 0 } summary ? $"{how}, {summary}" : json.TryGetProperty("error", out _) ? $"{how}, {ErrorOf(json)}" : how;
        if (IsSession) Note(at, Labelled(track, told));
        else if (how != "completed") Note(at, told);
        sink.Marker(at, Labelled(track, how));
        if (!IsSession && json.ExitCode() is { } code) sink.Exit(at, code);
        tracks.Remove(execution);
    }

    private static string ErrorOf(JsonElement json) => json.TryGetProperty("error", out var error) ? error.TextOf("message") ?? error.TextOf("code") ?? "" : "";

    private void TakeMessage(string type, DateTimeOffset at, string message, JsonElement json)
    {
        switch (type)
        {
            case "message.created":
                var said = json.TextOf("text") is { Length: > 0 } text ? text : "[erased]";
                var user = new RecordingTrack(null);
                Show(at).Output(at, user, $"> {said}\n");
                sink.Marker(at, RecordedJson.Describe("message", default));
                sink.Close(at, user);
                break;
            case "message.delta" when json.TextOf("text") is { } delta:
                Show(at).Output(at, TrackOf(message, null), delta);
                break;
            case "message.started" when json.NumberOf("attempt") is > 1:
                Note(at, "the reply begins anew");
                break;
            case "message.failed":
                Note(at, $"the reply failed, {ErrorOf(json)}");
                break;
            case "message.deleted":
                Note(at, "a message was deleted");
                break;
            case "message.completed" when tracks.Remove(message, out var reply):
                Show(at).Close(at, reply);
                break;
        }
    }

    private RecordingTrack TrackOf(string id, string? label)
    {
        if (!tracks.TryGetValue(id, out var track)) tracks[id] = track = new(IsSession ? label : null);
        return track;
    }

    private static string Labelled(RecordingTrack track, string text) => track.Label is { } label ? $"{label}: {text}" : text;
}
