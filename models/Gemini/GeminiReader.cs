using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Gemini;

/// <summary>
/// Reads <c>GenerateContentResponse</c> events. Calls come whole; the last event has the finish reason, and there is no other mark of
/// the end.
/// </summary>
internal sealed class GeminiReader(Answer answer) : IAnswerReader
{
    private const string Signature = GeminiWire.Signature;

    private readonly CallAssembler calls = new(answer);
    private readonly AnswerParts parts = new();
    private JsonElement? usage;
    private string? finish;
    private JsonElement? why;

    public JsonObject? Own => parts.Save();

    public bool IsWhole => finish is not null;

    public bool IsOver { get; private set; }

    public void Done() => IsOver = true;

    public IEnumerable<AIContent> Read(JsonElement happened)
    {
        usage = happened.Member("usageMetadata") ?? usage;
        if (happened.Member("promptFeedback").Text("blockReason") is not null) finish ??= "SAFETY";
        foreach (var candidate in happened.Items("candidates"))
        {
            if (candidate.Text("finishReason") is { Length: > 0 } reason) finish = reason;
            why = candidate.Member("finishMessage") ?? why;
            foreach (var part in candidate.Member("content").Items("parts"))
            {
                var signature = part.Text(Signature);
                answer.Count(signature);
                if (part.Member("functionCall") is { } call)
                {
                    calls.Add(CallDelta.Of(calls.Count, call.Text("id"), call, "args"));
                    parts.Call(signature is null ? null : Signature, signature);
                }

                if (part.Piece("text") is not { } text) continue;
                answer.Count(text);
                if (part.Member("thought") is { ValueKind: JsonValueKind.True })
                {
                    if (text.Length > 0) yield return new TextReasoningContent(text);
                    continue;
                }

                parts.Text(text, signature is null ? null : Signature, signature);
                if (text.Length > 0) yield return new TextContent(text);
            }
        }

        if (finish is "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL")
        {
            throw new ModelException(new(ToolErrorCodes.ModelFailed, $"The model made a call that its provider could not read.{answer.Said(why)}", true), tryAgain: true);
        }
    }

    public ChatResponseUpdate End()
    {
        List<AIContent> contents = [.. calls.Calls()];
        if (usage is not null) contents.Add(new UsageContent(Usage()));
        return new(ChatRole.Assistant, contents)
        {
            FinishReason = finish switch
            {
                "MAX_TOKENS" => ChatFinishReason.Length,
                "STOP" => calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
                "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "LANGUAGE" or "IMAGE_SAFETY" => ChatFinishReason.ContentFilter,
                _ => new ChatFinishReason(finish!.ToLowerInvariant()),
            },
        };
    }

    /// <summary>Thoughts are paid for as output.</summary>
    private UsageDetails Usage() => new()
    {
        InputTokenCount = usage.Number("promptTokenCount"),
        OutputTokenCount = (usage.Number("candidatesTokenCount") ?? 0) + (usage.Number("thoughtsTokenCount") ?? 0),
        TotalTokenCount = usage.Number("totalTokenCount"),
    };
}
