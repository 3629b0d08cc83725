using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.OpenAI;

/// <summary>Reads <c>chat.completion.chunk</c> events up to <c>[DONE]</c>, which some compatible servers leave out.</summary>
internal sealed class OpenAIReader(ToolNames tools) : IAnswerReader
{
    private readonly CallAssembler calls = new(tools);
    private UsageDetails? usage;
    private string? finish;

    public bool IsWhole => finish is not null;

    public bool IsOver { get; private set; }

    public IEnumerable<AIContent> Read(SseItem<string> item)
    {
        if (item.Data == "[DONE]")
        {
            IsOver = true;
            yield break;
        }

        var chunk = item.Json();
        if (chunk.Member("error") is { } error) throw ProviderErrors.InStream(error);
        if (chunk.Member("usage") is { } spent) usage = Usage(spent);
        foreach (var choice in JsonReading.Items(chunk, "choices"))
        {
            var delta = choice.Member("delta");
            foreach (var call in delta.Items("tool_calls")) Add(call);
            finish = choice.Text("finish_reason") ?? finish;
            if ((delta.Text("content") ?? delta.Text("refusal")) is { Length: > 0 } text) yield return new TextContent(text);
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
                "function_call" => ChatFinishReason.ToolCalls,
                "stop" when calls.Count > 0 => ChatFinishReason.ToolCalls,
                _ => new ChatFinishReason(finish!),
            },
        };
    }

    /// <summary>Some servers send whole calls without an index: a new id is a new call.</summary>
    private void Add(JsonElement call)
    {
        var id = call.Text("id");
        var index = (int?)JsonReading.Number(call, "index") ?? (calls.Count == 0 ? 0 : calls.LastIndex + (string.IsNullOrEmpty(id) ? 0 : 1));
        var function = call.Member("function");
        calls.Add(index, id, function.Text("name"), function.Text("arguments"));
    }

    private static UsageDetails Usage(JsonElement? usage) => new()
    {
        InputTokenCount = usage.Number("prompt_tokens"),
        OutputTokenCount = usage.Number("completion_tokens"),
        TotalTokenCount = usage.Number("total_tokens"),
    };
}
