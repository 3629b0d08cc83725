using System.Text;
using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Sessions;

/// <summary>What a session is called: as people have named it, else after its first message, or the tools that it calls.</summary>
internal static class SessionTitles
{
    /// <summary>Longest title, in characters.</summary>
    public const int Longest = 80;

    private static readonly string[] Telling = ["command", "path", "url", "query", "prompt", "action", "name"];
    private static readonly char[] Space = [' ', '\t', '\r', '\n'];

    /// <summary>The title that a message, or a batch of no message, gives a session that has none; null where it has one, or where it gives none.</summary>
    public static string? First(SessionState state, string found) => state.Title is null && found.Length > 0 ? found : null;

    /// <summary>What to call a session after anything but <paramref name="except"/>, and what that is; an empty title where there is nothing.</summary>
    public static (string Title, string? Of) Derive(SessionState state, string? except = null)
    {
        foreach (var id in state.MessageOrder)
        {
            if (id != except && state.Messages[id] is { IsReply: false, Deleted: false } message && Of(message.Text) is { Length: > 0 } title) return (title, id);
        }

        foreach (var id in state.FreeBatches)
        {
            if (Of(state.Batches[id].Executions.Select(e => state.Executions[e]).Select(e => (e.Name, e.Arguments))) is { Length: > 0 } title) return (title, id);
        }

        return ("", null);
    }

    /// <summary>Of a message: its first line, or the calls that it consists of.</summary>
    public static string Of(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length == 0) return "";
        var calls = lines.Select(CallOf).OfType<(string Tool, string What)>().ToList();
        return CallOf(lines[0]) is null ? Short(lines[0]) : calls is [var only] ? Short($"{only.Tool} {Told(only.What)}") : Names(calls.Select(call => call.Tool));
    }

    /// <summary>Of calls: what the only one does, or which tools they are.</summary>
    public static string Of(IEnumerable<(string Tool, JsonText Arguments)> calls)
    {
        var all = calls.ToList();
        return all is [var only] ? Short($"{only.Tool} {Told(only.Arguments.Json)}") : Names(all.Select(call => call.Tool));
    }

    /// <summary>Whose title an event changes; live sessions and replays go through it alike.</summary>
    public static SessionState Apply(SessionState state, SessionEvent happened, EntryNote? note)
    {
        var (title, of) = happened switch
        {
            MessageCreated e => (e.Title, e.MessageId),
            BatchStarted e => (e.Title, e.BatchId),
            MessageEdited e => (e.Title, e.MessageId),
            MessageDeleted e => (e.Title, note?.TitleOf),
            SessionRenamed e => (e.Title, note?.TitleOf),
            SessionReset e => (e.Title, null),
            _ => (null, null),
        };
        return title is null ? state : state with { Title = title.Length == 0 ? null : title, TitleOf = title.Length == 0 ? null : of };
    }

    public static string Short(string text)
    {
        var line = string.Join(' ', text.Split(Space, StringSplitOptions.RemoveEmptyEntries));
        var runes = line.EnumerateRunes().Take(Longest + 1).ToList();
        return runes.Count <= Longest ? line : string.Concat(runes.Take(Longest - 1)).TrimEnd() + "…";
    }

    private static (string Tool, string What)? CallOf(string line)
    {
        if (line.Length < 2 || line[0] != '/') return null;
        var end = line.IndexOfAny([' ', '\t', '{']);
        var tool = end < 0 ? line[1..] : line[1..end];
        return EntityId.IsValid(tool) ? (tool, end < 0 ? "" : line[end..].Trim()) : null;
    }

    /// <summary>What arguments say most plainly: a command, a path, an address.</summary>
    private static string Told(string arguments)
    {
        if (!arguments.StartsWith('{')) return arguments;
        try
        {
            using var document = JsonDocument.Parse(arguments);
            foreach (var name in Telling)
            {
                if (document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString()!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is wrong, or goes on over further lines: the tool's name has to do.
        }

        return "";
    }

    private static string Names(IEnumerable<string> tools) =>
        Short(string.Join(", ", tools.GroupBy(tool => tool).Select(group => group.Count() == 1 ? group.Key : $"{group.Key} ×{group.Count()}")));
}
