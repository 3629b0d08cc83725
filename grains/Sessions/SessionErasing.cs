using System.Collections.Immutable;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>Takes erased texts out of the log. May be repeated.</summary>
internal static class SessionErasing
{
    private static readonly LogReadLimits Page = new(1_000, 4 << 20);

    /// <exception cref="SessionLogUnavailableException">It could not be done now.</exception>
    public static async Task RunAsync(OpenLog open, string token, Erasure erasure)
    {
        var done = erasure.MessageId is { } id
            ? await open.Log.EraseAsync(open.Session, token, await BlanksAsync(open, id, erasure))
            : await open.Log.TrimAsync(open.Session, token, erasure.Seq - 1) && await open.Log.EraseAsync(open.Session, token, []);
        if (!done) throw new SessionLogUnavailableException("The session has another writer.");
    }

    /// <summary>The executions of a message's calls; null where everything is erased.</summary>
    public static async Task<IReadOnlySet<string>?> ExecutionsAsync(OpenLog open, Erasure erasure)
    {
        if (erasure.MessageId is not { } id) return null;
        var (executions, after) = (new HashSet<string>(), erasure.From - 1);
        while (after < erasure.Seq)
        {
            var page = await open.Log.ReadAsync(open.Session, after, Page);
            if (page.Entries.IsEmpty) break;
            foreach (var entry in page.Entries.Where(entry => entry.Event.Seq < erasure.Seq && IsOf(entry.Event, id)))
            {
                if (SessionEncoding.Decode(entry).Event is { ExecutionId: { } execution }) executions.Add(execution);
            }

            after = page.Entries[^1].Event.Seq;
        }

        return executions;
    }

    /// <summary>The entries that hold the message's text, former texts included, without it.</summary>
    private static async Task<ImmutableArray<LogEntry>> BlanksAsync(OpenLog open, string id, Erasure erasure)
    {
        var blanks = ImmutableArray.CreateBuilder<LogEntry>();
        var after = erasure.From - 1;
        while (after < erasure.Seq)
        {
            var page = await open.Log.ReadAsync(open.Session, after, Page);
            if (page.Entries.IsEmpty) break;
            foreach (var entry in page.Entries)
            {
                if (IsOf(entry.Event, id) && entry.Event.Seq < erasure.Seq && Blank(entry) is { } blank) blanks.Add(blank);
            }

            after = page.Entries[^1].Event.Seq;
        }

        return blanks.DrainToImmutable();
    }

    /// <summary>Whether an entry is of the message, its calls and their outputs included. Inside a JSON string the quotes would be escaped, so the bytes can't mislead.</summary>
    private static bool IsOf(EncodedEvent happened, string id) =>
        happened.Target == id || happened.Json.Span.IndexOf(Encoding.UTF8.GetBytes($"\"messageId\":\"{id}\"")) >= 0;

    private static LogEntry? Blank(LogEntry entry)
    {
        var (happened, note) = SessionEncoding.Decode(entry);
        SessionEvent? blank = happened switch
        {
            MessageCreated e => e with { Text = "", Title = null },
            MessageEdited e => e with { Text = "", Title = null },
            MessageDelta e => e with { Text = "" },
            MessageReasoning e => e with { Text = "" },
            MessageCompleted e => e with { Text = "" },
            MessageFailed e => e with { Error = Blank(e.Error) },
            BatchStarted e => e with { Tools = [.. e.Tools.Select(tool => tool with { Arguments = JsonText.EmptyObject })] },
            ToolApprovalRequired e => e with { Arguments = JsonText.EmptyObject, Reason = null },
            ToolApproved e => e with { Arguments = JsonText.EmptyObject, Reason = null },
            ToolProgressed e => e with { Message = null, Details = null },
            ToolOutput e => e with { Text = "", Base64 = null },
            ToolTurned e => e with { Turn = e.Turn with { Question = null, Cwd = null } },
            ToolEnding e => e with { Error = Blank(e.Error) },
            ToolRetried e => e with { Error = Blank(e.Error) },
            ToolCompleted e => e with { Summary = "", Result = JsonText.EmptyObject },
            ToolFailed e => e with { Error = Blank(e.Error) },
            ToolTimedOut e => e with { Error = Blank(e.Error) },
            ToolCancelled e => e with { Error = Blank(e.Error) },
            _ => null,
        };
        if (note?.Provided is not null || note?.Kept is not null) (blank, note) = (blank ?? happened, note with { Provided = null, Kept = null });
        return blank is null ? null : SessionEncoding.Encode([(blank, note)], entry.Event.Check)[0];
    }

    private static ToolError Blank(ToolError error) => error with { Message = "" };
}
