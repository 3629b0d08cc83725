using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>What <c>POST responses</c> asks for.</summary>
/// <param name="Session">Where.</param>
/// <param name="Message">What is sent there; null where the request answers questions for approval.</param>
/// <param name="Approvals">Those answers.</param>
/// <param name="Previous">The response that it goes on from.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
/// <param name="Background">Whether it comes at once.</param>
internal sealed record ResponseRequest(StockSession Session, SendMessage? Message, List<ApprovalAnswer> Approvals, ResponseId? Previous, bool Stream, bool Background)
{
    public ResponseEcho Echo => new(Message?.Model, Background, Previous?.ToString());

    /// <summary>Reads the body, or says what is wrong with it.</summary>
    public static SessionReply<ResponseRequest> Read(HttpContext context, byte[] json)
    {
        if (!CommandEnvelope.TryReadObject(json, out _, out var flaw)) return new(null, OpenAIError.Refuse(null, flaw));
        using var document = JsonDocument.Parse(json);
        var fields = new RequestFields(document.RootElement);
        fields.Without("prompt", "top_logprobs", "context_management");
        if (fields.Fields("text")?.Fields("format") is { } format && format.Text("type") != "text")
        {
            fields.Refuse<bool>("text", "text.format must be of the type text.");
        }

        var input = ResponseInput.Of(fields);
        var previous = PreviousOf(fields);
        var session = previous is not null ? new(new(previous.Session, IsNew: false), null) : SessionOf(context, fields);
        var answers = input.Approvals.Count > 0;
        if (answers && (previous is null || input.Entries.Count > 0)) fields.Refuse<bool>("input", "Answers to questions for approval come alone, with the previous_response_id that asked.");
        SendMessage? message = null;
        if (!answers && fields.Problem is null && session.Value is { } chosen)
        {
            var said = Conversation.Of(fields.Text("instructions") is { } told ? [new("system", told), .. input.Entries] : input.Entries, chosen.IsNew, "input");
            if (said.Error is { } unsaid) return new(null, unsaid);
            message = said.Value! with
            {
                Model = fields.Text("model"),
                Tools = ToolChoice.Of(fields),
                Temperature = fields.Number("temperature"),
                MaxOutputTokens = fields.Whole("max_output_tokens"),
                Reasoning = fields.Fields("reasoning") is { } reasoning ? EffortName.Of(reasoning, "effort") : null,
            };
        }

        var (stream, background) = (fields.Flag("stream") == true, fields.Flag("background") == true);
        return (fields.Problem ?? session.Error) is { } problem ? new(null, problem) : new(new(session.Value!, message, input.Approvals, previous, stream, background), null);
    }

    private static ResponseId? PreviousOf(RequestFields fields)
    {
        if (fields.Text("previous_response_id") is not { } text) return null;
        return ResponseId.Parse(text) ?? fields.Refuse<ResponseId>("previous_response_id", $"There is no response '{text}'.", ErrorCode.NotFound);
    }

    /// <summary>Of a conversation, which is a session, or as with every request.</summary>
    private static SessionReply<StockSession> SessionOf(HttpContext context, RequestFields fields)
    {
        var named = fields.Find("conversation") switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Object } => fields.Fields("conversation")!.Text("id"),
            _ => null,
        };
        if (named is null) return StockSession.Choose(context, fields.Object("metadata"), "resp");
        return EntityId.IsValid(named) ? new(new(named, IsNew: false), null) : new(null, OpenAIError.Refuse("conversation", "The conversation's id is not usable."));
    }
}
