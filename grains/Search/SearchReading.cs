using System.Collections.Immutable;
using System.Text;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Views;

namespace ToolRuntime.Search;

/// <summary>Makes texts to be found of one page of a session's log.</summary>
internal sealed class SearchReading(SearchNotes notes, SessionSearchOptions options)
{
    private readonly List<SearchDocument> documents = [];
    private readonly List<SearchRemoval> removals = [];
    private readonly List<SearchOutcome> outcomes = [];

    /// <summary>The step from <paramref name="before"/> to the end of <paramref name="page"/>.</summary>
    /// <param name="session">The session.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="before">Where the page was read from.</param>
    /// <param name="page">What was read, from the log's beginning if <paramref name="afresh"/>.</param>
    /// <param name="afresh">Whether nothing of what is in the index counts.</param>
    /// <param name="options">Lengths.</param>
    public static SearchUpdate Of(SessionKey session, string owner, SearchPlace before, LogPage page, bool afresh, SessionSearchOptions options)
    {
        var notes = afresh ? new() : SearchNotes.Parse(before.Notes);
        var reading = new SearchReading(notes, options);
        foreach (var entry in page.Entries) reading.Take(entry);
        reading.WriteLines();
        var seq = page.Entries.IsEmpty ? page.Head : page.Entries[^1].Event.Seq;
        return new(
            session, owner, before, new(page.Epoch, seq, 0, notes.ToJson()), afresh,
            [.. reading.removals], [.. reading.documents], [.. reading.outcomes]);
    }

    private void Take(LogEntry entry)
    {
        switch (entry.Event.Type)
        {
            case "tool.output" or "message.created" or "message.edited" or "message.deleted" or "message.completed" or "message.failed" or "conversation.state" or "batch.started"
                or "tool.started" or "tool.completed" or "tool.failed" or "tool.timeout" or "tool.cancelled" or "session.reset":
                var (happened, note) = SessionEncoding.Decode(entry);
                Take(happened, note);
                return;
        }
    }

    private void Take(SessionEvent happened, EntryNote? note)
    {
        switch (happened)
        {
            case ToolOutput output:
                Print(output);
                break;
            case ToolStarted { ExecutionId: { } id } started:
                Begin(id, started.Attempt ?? 0);
                break;
            case MessageCreated created:
                notes.Users[created.MessageId!] = created.By;
                Add(SearchKind.Message, happened, created.MessageId!, created.Text, user: created.By);
                break;
            case MessageEdited edited:
                Remove(new(0, happened.Seq - 1, Target: edited.MessageId));
                Add(SearchKind.Message, happened, edited.MessageId!, edited.Text, user: edited.By);
                break;
            case MessageDeleted deleted:
                Remove(new(0, happened.Seq, MessageId: deleted.MessageId));
                notes.Users.Remove(deleted.MessageId!);
                break;
            case MessageCompleted completed:
                Add(SearchKind.Message, happened, completed.MessageId!, completed.Text, user: User(completed.MessageId));
                break;
            case MessageFailed failed:
                Add(SearchKind.Message, happened, failed.MessageId!, failed.Error.Message, user: User(failed.MessageId));
                break;
            case ConversationStateChanged changed:
                Follow(changed, note);
                break;
            case BatchStarted started:
                Plan(started, note);
                break;
            case ToolCompleted { ExecutionId: { } id } completed:
                End(completed, id, ExecutionStatus.Completed, completed.Summary, completed.Result);
                break;
            case ToolFailed { ExecutionId: { } id } failed:
                End(failed, id, ExecutionStatus.Failed, failed.Error.Message, null);
                break;
            case ToolTimedOut { ExecutionId: { } id } late:
                End(late, id, ExecutionStatus.TimedOut, late.Error.Message, null);
                break;
            case ToolCancelled { ExecutionId: { } id } cancelled:
                End(cancelled, id, ExecutionStatus.Cancelled, cancelled.Error.Message, null);
                break;
            case SessionReset:
                Remove(new(0, happened.Seq));
                notes.Users.Clear();
                notes.Calls.Clear();
                break;
        }
    }

    private string? User(string? message) => message is not null && notes.Users.TryGetValue(message, out var user) ? user : null;

    private void Follow(ConversationStateChanged changed, EntryNote? note)
    {
        var reply = changed.MessageId!;
        if (note?.Reply is { } begun)
        {
            // The message itself has been told; whose the reply is, is known from it.
            if (notes.Users.Remove(begun.ReplyTo, out var user)) notes.Users[reply] = user;
        }
        else if (changed.To is MessageStatus.Completed or MessageStatus.Cancelled)
        {
            notes.Users.Remove(reply);
        }
    }

    private void Plan(BatchStarted started, EntryNote? note)
    {
        var user = User(started.MessageId) ?? note?.Command?.Subject ?? note?.Job?.By;
        foreach (var tool in started.Tools)
        {
            notes.Calls[tool.ExecutionId] = new() { Tool = tool.Name, User = user, Message = started.MessageId };
            Add(SearchKind.Command, started, started.BatchId!, JsonWords.Of(tool.Arguments, options.MaxLength), tool.ExecutionId, tool.Name, user);
        }
    }

    private void Begin(string execution, int attempt)
    {
        if (!notes.Calls.TryGetValue(execution, out var call) || call.Attempt == attempt) return;
        WriteLines(execution, call, all: true);
        call.Streams.Clear();
        call.Attempt = attempt;
    }

    private void Print(ToolOutput output)
    {
        if (output is not { ExecutionId: { } execution, Text: { Length: > 0 } text }) return;
        if (!notes.Calls.TryGetValue(execution, out var call)) notes.Calls[execution] = call = new() { Attempt = output.Attempt ?? 0 };
        call.Printed = true;
        var stream = output.Stream.ToString();
        if (!call.Streams.TryGetValue(stream, out var lines)) call.Streams[stream] = lines = new();
        if (lines.Text.Length == 0) (lines.First, lines.At) = (output.Seq, output.At);
        (lines.Text, lines.Last) = (lines.Text + text, output.Seq);
        if (lines.Text.Length >= options.TextLength) WriteLines(execution, call, stream, lines, all: false);
    }

    private void WriteLines()
    {
        foreach (var (execution, call) in notes.Calls) WriteLines(execution, call, all: false);
    }

    private void WriteLines(string execution, OpenCall call, bool all)
    {
        foreach (var (stream, lines) in call.Streams) WriteLines(execution, call, stream, lines, all);
    }

    /// <summary>Whole lines become texts; what comes behind the last one waits for its end, unless it is long.</summary>
    private void WriteLines(string execution, OpenCall call, string stream, OpenLines lines, bool all)
    {
        var end = all ? lines.Text.Length : lines.Text.LastIndexOf('\n') + 1;
        if (end == 0 && lines.Text.Length >= options.TextLength) end = lines.Text.Length;
        if (end == 0) return;
        foreach (var part in Cut(lines.Text[..end]))
        {
            var plain = PlainText.Of(part);
            if (!string.IsNullOrWhiteSpace(plain))
            {
                documents.Add(new(SearchKind.Output, lines.First, lines.Last, lines.At, execution, plain)
                {
                    MessageId = call.Message,
                    ExecutionId = execution,
                    Tool = call.Tool.Length == 0 ? null : call.Tool,
                    User = call.User,
                    Stream = Enum.Parse<OutputStream>(stream),
                    Line = lines.Line,
                });
            }

            lines.Line += part.AsSpan().Count('\n');
        }

        lines.Text = lines.Text[end..];
        lines.First = lines.Last;
    }

    private void End(SessionEvent happened, string execution, ExecutionStatus state, string summary, JsonText? result)
    {
        outcomes.Add(new(execution, state));
        notes.Calls.Remove(execution, out var call);
        if (call is not null) WriteLines(execution, call, all: true);
        var text = new StringBuilder(summary);
        if (result is { } json && call?.Printed != true) text.Append('\n').Append(JsonWords.Of(json, options.MaxLength));
        Add(SearchKind.Result, happened, execution, text.ToString(), execution, call?.Tool, call?.User);
    }

    private void Add(SearchKind kind, SessionEvent happened, string target, string text, string? execution = null, string? tool = null, string? user = null)
    {
        foreach (var part in Cut(Bounded(text)))
        {
            if (string.IsNullOrWhiteSpace(part)) continue;
            documents.Add(new(kind, happened.Seq, happened.Seq, happened.At, target, PlainText.Of(part)) { MessageId = happened.MessageId, ExecutionId = execution, Tool = tool, User = user });
        }
    }

    private void Remove(SearchRemoval removal)
    {
        removals.Add(removal);
        documents.RemoveAll(document => document.First <= removal.To && document.Last >= removal.From
            && (removal.Target is null || removal.Target == document.Target) && (removal.MessageId is null || removal.MessageId == document.MessageId));
    }

    /// <summary>No more than may be indexed, and no half of a character at its end.</summary>
    private string Bounded(string text)
    {
        var length = Math.Min(text.Length, options.MaxLength);
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length];
    }

    /// <summary>Pieces of a text, cut behind lines where there are any, else between words.</summary>
    private IEnumerable<string> Cut(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(options.TextLength, text.Length - start);
            if (start + length < text.Length)
            {
                var line = text.LastIndexOf('\n', start + length - 1, length);
                var space = line >= 0 ? line : text.LastIndexOf(' ', start + length - 1, length);
                if (space > start) length = space - start + 1;
                else if (char.IsHighSurrogate(text[start + length - 1]) && length > 1) length--;
            }

            yield return text.Substring(start, length);
            start += length;
        }
    }
}
