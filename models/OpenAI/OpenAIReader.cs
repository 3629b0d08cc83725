using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.OpenAI;

/// <summary>
/// Reads <c>chat.completion.chunk</c> events up to <c>[DONE]</c>, which some compatible servers leave out, or a whole
/// <c>chat.completion</c>.
/// </summary>
internal sealed class OpenAIReader(Answer answer) : IAnswerReader
{
    private readonly CallAssembler calls = new(answer);
    private readonly OpenAIExtras extras = new(answer);
    private UsageDetails? usage;
    private string? finish;
    private bool said;

    /// <summary>Without a finish reason <c>[DONE]</c> does, after something that stops in no call's middle.</summary>
    public bool IsWhole => finish is not null || (IsOver && (said || calls.Count > 0) && calls.AreWhole);

    public JsonObject? Own => extras.Save([.. calls.Owns()]);

    public bool IsOver { get; private set; }

    public void Done() => IsOver = true;

    public IEnumerable<AIContent> Read(JsonElement happened)
    {
        if (happened.Member("usage") is { } spent) usage = Usage(spent);
        foreach (var choice in happened.Items("choices"))
        {
            if (ProviderErrors.Find("message", choice) is { } error) throw answer.Failed(error);
            var delta = choice.Member("delta") ?? choice.Member("message");
            calls.Add(delta.Items("tool_calls").Select(Call));
            extras.Take(delta);
            if (OpenAIExtras.Thought(delta) is { Length: > 0 } thought) yield return new TextReasoningContent(thought);
            if (delta.Member("function_call") is { } only) calls.Add(CallDelta.Of(0, null, only, "arguments"));
            if (choice.Text("finish_reason") is { Length: > 0 } reason) finish = reason;
            if ((delta.Piece("content") ?? delta.Piece("refusal")) is { Length: > 0 } text)
            {
                answer.Count(text);
                said = true;
                yield return new TextContent(text);
            }

            if (finish == "error") throw answer.Failed(null);
        }
    }

    public ChatResponseUpdate End()
    {
        List<AIContent> contents = [.. calls.Calls()];
        if (usage is not null) contents.Add(new UsageContent(usage));
        return new(ChatRole.Assistant, contents)
        {
            FinishReason = finish switch
            {
                "max_tokens" or "model_length" => ChatFinishReason.Length,
                "function_call" => ChatFinishReason.ToolCalls,
                "stop" or null when calls.Count > 0 => ChatFinishReason.ToolCalls,
                null => ChatFinishReason.Stop,
                _ => new ChatFinishReason(finish),
            },
        };
    }

    private static CallDelta Call(JsonElement call) =>
        CallDelta.Of(Index(call), call.Text("id"), call.Member("function"), "arguments") with { Own = OpenAIExtras.Content(call) };

    private static int? Index(JsonElement call) => call.Number("index") is { } index and >= 0 and < int.MaxValue ? (int)index : null;

    private static UsageDetails Usage(JsonElement? usage) => new()
    {
        InputTokenCount = usage.Number("prompt_tokens"),
        OutputTokenCount = usage.Number("completion_tokens"),
        TotalTokenCount = usage.Number("total_tokens"),
    };
}
