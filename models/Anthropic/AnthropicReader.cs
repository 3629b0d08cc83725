using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Anthropic;

/// <summary>Reads <c>message_start</c> … <c>message_stop</c>; the calls' arguments come as pieces of JSON for a content block each.</summary>
internal sealed class AnthropicReader(ToolNames tools) : IAnswerReader
{
    private readonly CallAssembler calls = new(tools);
    private long input;
    private long output;
    private bool counted;
    private string? finish;

    public bool IsWhole => IsOver;

    public bool IsOver { get; private set; }

    public IEnumerable<AIContent> Read(SseItem<string> item)
    {
        var happened = item.Json();
        switch (happened.Text("type"))
        {
            case "message_start":
                Count(happened.Member("message").Member("usage"));
                break;
            case "content_block_start" when happened.Member("content_block") is { } block:
                if (block.Text("type") == "tool_use") calls.Add(Index(happened), block.Text("id"), block.Text("name"), null);
                if (block.Text("type") == "text" && block.Text("text") is { Length: > 0 } opening) yield return new TextContent(opening);
                break;
            case "content_block_delta" when happened.Member("delta") is { } delta:
                if (delta.Text("type") == "text_delta" && delta.Text("text") is { Length: > 0 } text) yield return new TextContent(text);
                if (delta.Text("type") == "input_json_delta" && calls.Has(Index(happened))) calls.Add(Index(happened), null, null, delta.Text("partial_json"));
                break;
            case "message_delta":
                finish = happened.Member("delta").Text("stop_reason") ?? finish;
                Count(happened.Member("usage"));
                break;
            case "message_stop":
                IsOver = true;
                break;
            case "error":
                throw ProviderErrors.InStream(happened.Member("error"));
            default:
                // Pings, ends of blocks, and kinds that came later than this.
                break;
        }
    }

    public ChatResponseUpdate End()
    {
        List<AIContent> contents = [.. calls.Calls()];
        if (counted) contents.Add(new UsageContent(new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output }));
        return new(ChatRole.Assistant, contents)
        {
            FinishReason = finish switch
            {
                "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
                "tool_use" => ChatFinishReason.ToolCalls,
                "refusal" => ChatFinishReason.ContentFilter,
                _ => ChatFinishReason.Stop,
            },
        };
    }

    private static int Index(JsonElement happened) => (int)(JsonReading.Number(happened, "index") ?? 0);

    /// <summary>Figures are totals so far; compatible servers may give the input only at the end.</summary>
    private void Count(JsonElement? usage)
    {
        if (usage is null) return;
        counted = true;
        var read = (usage.Number("input_tokens") ?? 0) + (usage.Number("cache_creation_input_tokens") ?? 0) + (usage.Number("cache_read_input_tokens") ?? 0);
        input = Math.Max(input, read);
        output = Math.Max(output, usage.Number("output_tokens") ?? 0);
    }
}
