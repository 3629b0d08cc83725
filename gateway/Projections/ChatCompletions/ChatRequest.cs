using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.ChatCompletions;

/// <summary>What <c>POST chat/completions</c> asks for.</summary>
/// <param name="Session">Where.</param>
/// <param name="Message">What is sent there.</param>
/// <param name="Stream">Whether the answer is streamed.</param>
/// <param name="IncludeUsage">Whether the stream tells what it cost.</param>
internal sealed record ChatRequest(StockSession Session, SendMessage Message, bool Stream, bool IncludeUsage)
{
    /// <summary>Reads the body, or says what is wrong with it.</summary>
    public static SessionReply<ChatRequest> Read(HttpContext context, byte[] json)
    {
        if (!CommandEnvelope.TryReadObject(json, out _, out var flaw)) return new(null, OpenAIError.Refuse(null, flaw));
        using var document = JsonDocument.Parse(json);
        var fields = new RequestFields(document.RootElement);
        fields.Without("stop", "audio", "functions", "function_call", "prediction", "web_search_options");
        if (fields.Whole("n") is not (null or 1)) fields.Refuse<int>("n", "n must be 1.");
        if (fields.Flag("logprobs") == true) fields.Refuse<bool>("logprobs", "logprobs are not supported.");
        if (fields.Fields("response_format") is { } format && format.Text("type") != "text") fields.Refuse<bool>("response_format", "response_format must be of the type text.");
        var session = StockSession.Choose(context, fields.Object("metadata"), "chat");
        var entries = Entries(fields);
        var message = session.Value is { } chosen && fields.Problem is null ? Conversation.Of(entries, chosen.IsNew, "messages") : new(null, session.Error);
        var asked = new SendMessage(
            message.Value?.Text ?? "", fields.Text("model"), ToolChoice.Of(fields), System: message.Value?.System, Temperature: fields.Number("temperature"),
            MaxOutputTokens: fields.Whole("max_completion_tokens") ?? fields.Whole("max_tokens"), Reasoning: EffortName.Of(fields, "reasoning_effort"));
        var usage = fields.Fields("stream_options")?.Flag("include_usage") == true;
        var stream = fields.Flag("stream") == true;
        return (fields.Problem ?? message.Error) is { } problem ? new(null, problem) : new(new(session.Value!, asked, stream, usage), null);
    }

    private static List<ConversationEntry> Entries(RequestFields fields)
    {
        var entries = new List<ConversationEntry>();
        if (fields.Array("messages") is not { } messages)
        {
            fields.Refuse<bool>("messages", "messages is missing.");
            return entries;
        }

        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out var role) || role.ValueKind != JsonValueKind.String)
            {
                fields.Refuse<bool>("messages", "A message must have a role.");
            }
            else if ((message.TryGetProperty("content", out var content) ? ContentText.Of(content) : "") is { } text)
            {
                entries.Add(new(role.GetString()!, text));
            }
            else
            {
                fields.Refuse<bool>("messages", "A message's content must be text.");
            }
        }

        return entries;
    }
}
