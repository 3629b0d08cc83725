using System.Text.Json;

namespace ToolRuntime.Models.Tests.Anthropic;

/// <summary>Events of a Messages stream.</summary>
internal static class AnthropicEvents
{
    public static readonly string Ping = Event("ping", """{"type":"ping"}""");

    public static readonly string End = Event("message_stop", """{"type":"message_stop"}""");

    public static string Start(int input) => Event(
        "message_start",
        $$$$"""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude-test","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{{input}}}},"cache_read_input_tokens":4,"output_tokens":1}}}""");

    public static string TextBlock(int index) => Event("content_block_start", $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{"type":"text","text":""}}""");

    public static string CallBlock(int index, string id, string name, string input = "{}") => Event(
        "content_block_start", $$$$"""{"type":"content_block_start","index":{{{{index}}}},"content_block":{"type":"tool_use","id":"{{{{id}}}}","name":"{{{{name}}}}","input":{{{{input}}}}}}""");

    public static string Text(int index, string text) => Delta(index, $$"""{"type":"text_delta","text":{{JsonSerializer.Serialize(text)}}}""");

    public static string Json(int index, string piece) => Delta(index, $$"""{"type":"input_json_delta","partial_json":{{JsonSerializer.Serialize(piece)}}}""");

    public static string Stop(int index) => Event("content_block_stop", $$"""{"type":"content_block_stop","index":{{index}}}""");

    public static string Finish(string reason, int output) => Event(
        "message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":{{{output}}}}}""");

    private static string Delta(int index, string delta) => Event("content_block_delta", $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""");

    private static string Event(string type, string data) => $"event: {type}\ndata: {data}\n\n";
}
