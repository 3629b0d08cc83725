using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>
/// A response, folded from the events of its reply. The same events give the same events of OpenAI's, with the same numbers, whenever they are read:
/// that is what <c>starting_after</c> rests on.
/// </summary>
/// <param name="id">Which.</param>
/// <param name="echo">What its request asked for, where that is at hand.</param>
/// <param name="after">Events up to this number are left out; null leaves out all.</param>
internal sealed class ResponseFold(ResponseId id, ResponseEcho echo, long? after)
{
    private readonly ResponseCalls calls = new(id.Session);
    private MessageItem? text;
    private long next;

    public ResponseId Id => id;

    public ResponseEcho Echo => echo;

    /// <summary>What is to be sent of the event that was taken last.</summary>
    public List<ResponseEvent> Events { get; } = [];

    public List<ResponseItem> Output { get; } = [];

    /// <summary>Whether there is such a reply.</summary>
    public bool Begun { get; private set; }

    /// <summary>Whether nothing more comes.</summary>
    public bool Ended => Status is not ("queued" or "in_progress");

    /// <summary>Whether it ended by asking for approvals: its reply goes on in the next response.</summary>
    public bool AwaitsApproval { get; private set; }

    /// <summary>How many events there are of it so far; the number of the next.</summary>
    public long Count => next;

    /// <summary>The event that was taken last.</summary>
    public long Seq { get; private set; }

    public string Status { get; private set; } = "in_progress";

    public string Model { get; private set; } = echo.Model ?? "";

    public DateTimeOffset CreatedAt { get; private set; }

    public TokenUsage? Usage { get; private set; }

    public ToolError? Error { get; private set; }

    public string? Incomplete { get; private set; }

    public void Take(SessionEvent happened)
    {
        Events.Clear();
        if (Ended) return;
        Seq = happened.Seq;
        var mine = happened.Seq >= id.From;
        if (happened is ConversationStateChanged { From: null }) Begun = true;
        if (mine && next == 0) Create(happened);
        if (happened is MessageStarted started) Model = started.Model;
        var waits = calls.Take(happened, mine ? this : null);
        if (mine) TakeOwn(happened);
        if (!waits || !mine || Ended) return;
        AwaitsApproval = true;
        End("completed", "response.completed");
    }

    /// <summary>An event about an item.</summary>
    public void Emit(string type, ResponseItem item, Action<Utf8JsonWriter> members) => Emit(type, writer =>
    {
        writer.WriteString("item_id", item.Id);
        writer.WriteNumber("output_index", item.Index);
        members(writer);
    });

    /// <summary>The output has one more item.</summary>
    public void Add(ResponseItem item)
    {
        item.Index = Output.Count;
        Output.Add(item);
        EmitItem("response.output_item.added", item);
    }

    /// <summary>The item is whole.</summary>
    public void Done(ResponseItem item) => EmitItem("response.output_item.done", item);

    private void TakeOwn(SessionEvent happened)
    {
        switch (happened)
        {
            case ConversationStateChanged { To: MessageStatus.Active, From: MessageStatus.Queued }:
                Status = "in_progress";
                EmitResponse("response.in_progress");
                break;
            case MessageStarted:
                EndText("incomplete"); // of an attempt that was given up
                break;
            case MessageDelta delta:
                if (text is null) (text = new($"{id.Reply}-{delta.Seq}")).Begin(this);
                text.Append(this, delta.Text);
                break;
            case BatchStarted:
                EndText("completed");
                break;
            case MessageCompleted completed:
                EndText("completed");
                Usage = completed.Usage;
                Incomplete = completed.FinishReason switch { "length" => "max_output_tokens", "content_filter" => "content_filter", _ => null };
                End(Incomplete is null ? "completed" : "incomplete", Incomplete is null ? "response.completed" : "response.incomplete");
                break;
            case MessageFailed failed:
                EndText("incomplete");
                Error = failed.Error;
                End("failed", "response.failed");
                break;
            case ConversationStateChanged { To: MessageStatus.Cancelled }:
                EndText("incomplete");
                End("cancelled", "response.incomplete");
                break;
        }
    }

    private void Create(SessionEvent first)
    {
        CreatedAt = first.At;
        Status = first is ConversationStateChanged { From: null } ? "queued" : "in_progress";
        EmitResponse("response.created");
        if (Status == "in_progress") EmitResponse("response.in_progress");
    }

    private void EndText(string status)
    {
        text?.End(this, status);
        text = null;
    }

    private void End(string status, string type)
    {
        Status = status;
        EmitResponse(type);
    }

    private void EmitItem(string type, ResponseItem item) => Emit(type, writer =>
    {
        writer.WriteNumber("output_index", item.Index);
        writer.WritePropertyName("item");
        item.Write(writer);
    });

    private void EmitResponse(string type) => Emit(type, writer =>
    {
        writer.WriteStartObject("response");
        ResponseJson.Write(writer, this);
        writer.WriteEndObject();
    });

    private void Emit(string type, Action<Utf8JsonWriter> members)
    {
        var number = next++;
        if (number <= (after ?? long.MaxValue)) return;
        Events.Add(new(type, JsonText.Object(writer =>
        {
            writer.WriteString("type", type);
            writer.WriteNumber("sequence_number", number);
            members(writer);
        })));
    }
}

/// <summary>An event of a response's stream.</summary>
internal sealed record ResponseEvent(string Type, JsonText Json);

/// <summary>What a request asked for that is told again in its own answer; the log does not keep it.</summary>
internal sealed record ResponseEcho(string? Model = null, bool Background = false, string? Previous = null);
