using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.SessionLog;
using ToolRuntime.Views;

namespace ToolRuntime.Gateway.Live;

/// <summary>What a view has kept of an execution's output, as the events that it would have come by.</summary>
internal static class LivePicture
{
    /// <summary>What a terminal was told before what its view has kept.</summary>
    public static string Modes(JsonElement view, bool wary)
    {
        if (!view.TryGetProperty("output", out var output) || !output.TryGetProperty("terminal", out var stream)) return "";
        var (modes, text) = (stream.TextOf("modes") ?? "", stream.TextOf("text") ?? "");
        if (!wary || stream.NumberOf("offset") is not > 0) return modes;
        var (rest, _) = WithoutFirstWord(text, 0);
        return TerminalModes.After(modes, text.AsSpan(0, text.Length - rest.Length));
    }

    public static IEnumerable<EncodedEvent> Outputs(JsonElement view, string execution, long seq, bool wary)
    {
        if (!view.TryGetProperty("output", out var output)) yield break;
        var attempt = view.NumberOf("attempt") ?? 1;
        foreach (var stream in output.EnumerateObject())
        {
            var (text, offset) = (stream.Value.TextOf("text") ?? "", stream.Value.NumberOf("offset") ?? 0);
            if (offset > 0 && wary) (text, offset) = WithoutFirstWord(text, offset);
            if (text.Length == 0) continue;
            var json = JsonText.Object(writer =>
            {
                writer.WriteString("type", "tool.output");
                writer.WriteNumber("seq", seq);
                writer.WriteString("executionId", execution);
                writer.WriteNumber("attempt", attempt);
                writer.WriteString("stream", stream.Name);
                writer.WriteNumber("offset", offset);
                writer.WriteString("text", text);
                // Gaps within the text are counted behind it, so that what follows is at its own place.
                if (stream.Value.NumberOf("dropped") is { } dropped) writer.WriteNumber("dropped", dropped);
            });
            yield return new(seq, "tool.output", execution, Encoding.UTF8.GetBytes(json.ToString()));
        }
    }

    /// <summary>Where a word ends a secret does, but for private keys, whose lines are cut off one by one until they are over.</summary>
    private static (string Text, long Offset) WithoutFirstWord(string text, long offset)
    {
        var end = text.AsSpan().IndexOfAnyExceptInRange('!', '\uFFFF');
        var key = text.IndexOf("-----END ", StringComparison.Ordinal);
        if (key >= 0 && text.IndexOf("-----BEGIN ", StringComparison.Ordinal) is var begin && (begin < 0 || begin > key)) end = Math.Max(end, text.IndexOf('\n', key));
        return end < 0 ? ("", offset + Encoding.UTF8.GetByteCount(text)) : (text[end..], offset + Encoding.UTF8.GetByteCount(text.AsSpan(0, end)));
    }
}
