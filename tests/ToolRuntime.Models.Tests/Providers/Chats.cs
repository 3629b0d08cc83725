using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>Conversations and tools that the providers' tests share.</summary>
internal static class Chats
{
    public static readonly ChatOptions Tools = new()
    {
        Tools =
        [
            AIFunctionFactory.CreateDeclaration("shell", "Runs a command.", Json("""{"type":"object","properties":{"command":{"type":"string"}}}""")),
            AIFunctionFactory.CreateDeclaration("files.read", "Reads a file.", Json("""{"type":"object"}""")),
        ],
    };

    /// <summary>Two rounds of calls, under ids that come back, and a question after them.</summary>
    public static readonly ChatMessage[] TwoRounds =
    [
        new(ChatRole.System, "Be brief."),
        new(ChatRole.User, "List."),
        new(ChatRole.Assistant, [new TextContent("At once."), Call("call_0", "shell", "ls"), Call("call_1", "files.read", "a")]),
        new(ChatRole.Tool, [Result("call_1", """{"status":"failed"}"""), Result("call_0", """{"status":"completed","summary":"2"}""")]),
        new(ChatRole.Assistant, [Call("call_0", "shell", "pwd")]),
        new(ChatRole.Tool, [Result("call_0", """{"status":"completed","summary":"/"}""")]),
        new(ChatRole.User, "And?"),
    ];

    public static JsonElement Json(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    public static FunctionCallContent Call(string id, string tool, string command) => new(id, tool, new Dictionary<string, object?> { ["command"] = command });

    public static FunctionResultContent Result(string id, string json) => new(id, Json(json));

    public static List<FunctionCallContent> Calls(this ChatResponse response) => [.. response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()];

    public static string? Argument(this FunctionCallContent call, string name) => ((JsonElement)call.Arguments![name]!).GetString();

    public static void AssertJson(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(Json(expected), actual), $"Expected {expected}\n but was {actual.GetRawText()}");
}
