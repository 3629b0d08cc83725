using System.Text.Json;

namespace ToolRuntime.Models.Tests.OpenAI;

/// <summary>Events of a Chat Completions stream.</summary>
internal static class OpenAIEvents
{
    public const string Done = "data: [DONE]\n\n";

    public static readonly string Role = Choice("""{"role":"assistant","content":""}""", null);

    public static string Text(string text) => Choice($$"""{"content":{{JsonSerializer.Serialize(text)}}}""", null);

    public static string Delta(string delta) => Choice(delta, null);

    public static string Call(string call) => Choice($$"""{"tool_calls":[{{call}}]}""", null);

    public static string Finish(string reason) => Choice("{}", reason);

    public static string Usage(int input, int output) => Chunk($$$"""[],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}""");

    private static string Choice(string delta, string? finish) =>
        Chunk($$"""[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{JsonSerializer.Serialize(finish)}}}],"usage":null""");

    private static string Chunk(string choices) =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-test","choices":{{choices}}}""" + "\n\n";
}
