using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models.Anthropic;

/// <summary>
/// Reads <c>message_start</c> … <c>message_stop</c>, or a whole message; the calls' arguments come as pieces of JSON for a content
/// block each.
/// </summary>
internal sealed class AnthropicReader(Answer answer) : IAnswerReader
{
    private readonly CallAssembler calls = new(answer);
    private readonly AnswerParts parts = new();
    private readonly Dictionary<int, ThinkingBlock> thinking = [];
    private long input;
    private long output;
    private bool counted;
    private string? finish;

    public JsonObject? Own { get; private set; }

    public bool IsWhole => IsOver;

    public bool IsOver { get; private set; }

    /// <summary>Compatible servers may end with it instead of <c>message_stop</c>.</summary>
    public void Done() => IsOver |= finish is not null;

    public IEnumerable<AIContent> Read(JsonElement happened) => happened.Text("type") == "message" ? Whole(happened) : Piece(happened);

    public ChatResponseUpdate End()
    {
        foreach (var block in thinking.Values) block.End();
        Own = parts.Save();
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

    private IEnumerable<AIContent> Piece(JsonElement happened)
    {
        switch (happened.Text("type"))
        {
            case "message_start":
                Count(happened.Member("message").Member("usage"));
                break;
            case "content_block_start" when happened.Member("content_block") is { } block:
                foreach (var content in Begin(block, Index(happened))) yield return content;
                break;
            case "content_block_delta" when happened.Member("delta") is { } delta:
                if (delta.Text("type") == "text_delta" && Text(delta) is { } text) yield return text;
                if (Think(Index(happened), delta) is { } thought) yield return thought;
                if (delta.Text("type") != "input_json_delta" || !calls.Has(Index(happened))) break;
                calls.Add(CallDelta.Of(Index(happened), null, delta, "partial_json"));
                break;
            case "message_delta":
                finish = happened.Member("delta").Text("stop_reason") is { Length: > 0 } reason ? reason : finish;
                Count(happened.Member("usage"));
                break;
            case "message_stop":
                IsOver = true;
                break;
            default:
                // Pings, ends of blocks, and kinds that came later than this.
                break;
        }
    }

    private IEnumerable<AIContent> Whole(JsonElement message)
    {
        foreach (var (index, block) in message.Items("content").Index())
        {
            foreach (var content in Begin(block, index)) yield return content;
        }

        finish = message.Text("stop_reason");
        Count(message.Member("usage"));
        IsOver = true;
    }

    /// <summary>A block's beginning, which may be all of it.</summary>
    private IEnumerable<AIContent> Begin(JsonElement block, int index)
    {
        if (block.Text("type") is "thinking" or "redacted_thinking")
        {
            answer.Count(block.GetRawText());
            parts.Own((thinking[index] = new(block)).Json);
            if (Thought(block) is { } reasoning) yield return reasoning;
        }

        if (block.Text("type") == "tool_use")
        {
            calls.Add(CallDelta.Of(index, block.Text("id"), block, "input"));
            parts.Call();
        }

        if (block.Text("type") == "text" && Text(block) is { } text) yield return text;
    }

    private TextContent? Text(JsonElement of)
    {
        if (of.Piece("text") is not { Length: > 0 } text) return null;
        answer.Count(text);
        parts.Text(text);
        return new(text);
    }

    private TextReasoningContent? Think(int index, JsonElement delta)
    {
        if (!thinking.TryGetValue(index, out var block)) return null;
        answer.Count(delta.Piece("thinking"));
        answer.Count(delta.Piece("signature"));
        block.Take(delta);
        return Thought(delta);
    }

    private static TextReasoningContent? Thought(JsonElement of) => of.Piece("thinking") is { Length: > 0 } text ? new(text) : null;

    private static int Index(JsonElement happened) => (int)(happened.Number("index") ?? 0);

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
