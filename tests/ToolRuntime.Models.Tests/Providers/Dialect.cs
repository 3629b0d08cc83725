using ToolRuntime.Models.Tests.Anthropic;
using ToolRuntime.Models.Tests.Gemini;
using ToolRuntime.Models.Tests.OpenAI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>What every provider's answers have, in its own words.</summary>
internal sealed record Dialect(string Opening, string Ending, string StreamError)
{
    public static Dialect Of(string provider) => provider switch
    {
        "openai" => new(
            OpenAIEvents.Role + OpenAIEvents.Text("one"), OpenAIEvents.Text("two") + OpenAIEvents.Finish("stop") + OpenAIEvents.Done,
            """data: {"error":{"message":"The server had an error","type":"server_error","code":null}}""" + "\n\n"),
        "anthropic" => new(
            AnthropicEvents.Start(1) + AnthropicEvents.TextBlock(0) + AnthropicEvents.Text(0, "one"),
            AnthropicEvents.Ping + AnthropicEvents.Text(0, "two") + AnthropicEvents.Stop(0) + AnthropicEvents.Finish("end_turn", 2) + AnthropicEvents.End,
            """event: error""" + "\n" + """data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""" + "\n\n"),
        _ => new(
            GeminiEvents.Parts("""{"text":"one"}"""), GeminiEvents.Parts("""{"text":"two"}""", "STOP"),
            """data: {"error":{"code":500,"message":"Internal error","status":"INTERNAL"}}""" + "\r\n\r\n"),
    };
}
