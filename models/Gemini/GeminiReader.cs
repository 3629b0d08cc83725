using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Gemini;

/// <summary>Reads <c>GenerateContentResponse</c> events. Calls come whole; the last event has the finish reason, and there is no other mark of the end.</summary>
internal sealed class GeminiReader(ToolNames tools) : IAnswerReader
{
    private readonly CallAssembler calls = new(tools);
    private JsonElement? usage;
    private string? finish;

    public bool IsWhole => finish is not null;

    public bool IsOver => false;

    public IEnumerable<AIContent> Read(SseItem<string> item)
    {
        var response = item.Json();
        if (response.Member("error") is { } error) throw ProviderErrors.InStream(error);
        usage = response.Member("usageMetadata") ?? usage;
        if (response.Member("promptFeedback").Text("blockReason") is not null) finish ??= "SAFETY";
        foreach (var candidate in JsonReading.Items(response, "candidates"))
        {
            finish = candidate.Text("finishReason") ?? finish;
            foreach (var part in candidate.Member("content").Items("parts"))
            {
                if (part.Member("functionCall") is { } call) calls.Add(calls.Count, call.Text("id"), call.Text("name"), call.Member("args")?.GetRawText());
                if (part.Member("thought") is not { ValueKind: JsonValueKind.True } && part.Text("text") is { Length: > 0 } text) yield return new TextContent(text);
            }
        }

        if (finish is "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL")
        {
            throw new ModelException(new(ToolErrorCodes.ModelFailed, "The model made a call that its provider could not read.", true), tryAgain: true);
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
                "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "LANGUAGE" => ChatFinishReason.ContentFilter,
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
