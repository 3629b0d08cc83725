using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Directive;

namespace ToolRuntime.Models.Tests.Directive;

public sealed class DirectiveScriptTests
{
    [Fact]
    public void Parse_TheFourLinesOfTheReadme_GivesFourCallsInOrder()
    {
        var script = Parse(
            """
            /shell {"command": "for i in $(seq 1 20); do echo line $i; sleep 0.2; done"}
            /shell {"command": "dotnet --info"}
            /file_write {"path": "notes/hello.md", "content": "# hello"}
            /computer {}
            """);

        Assert.Equal(["shell", "shell", "file_write", "computer"], script.Calls.Select(c => c.Tool));
        Assert.All(script.Calls, call => Assert.Null(call.Fault));
        Assert.Equal("# hello", script.Calls[2].Arguments!.Value.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("/computer")]
    [InlineData("  /computer  ")]
    [InlineData("/computer{}")]
    [InlineData("text before\r\n/computer {}\r\ntext after")]
    public void Parse_OneCall_TakesMissingArgumentsAsAnEmptyObject(string text)
    {
        var call = Assert.Single(Parse(text).Calls);
        Assert.Equal(("computer", "{}"), (call.Tool, call.Arguments!.Value.GetRawText()));
    }

    [Fact]
    public void Parse_ArgumentsOverSeveralLines_AreOneCall()
    {
        var script = Parse("/file_write {\n  \"path\": \"a\",\n  \"content\": \"/not a call\"\n}\n/computer");

        Assert.Equal(["file_write", "computer"], script.Calls.Select(c => c.Tool));
        Assert.Equal("/not a call", script.Calls[0].Arguments!.Value.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("/shell {\"command\": ", "in line 1, at character 19: it ends before it is whole")]
    [InlineData("/shell {\"command\": ls}", "in line 1, at character 20: 'l' is an invalid start of a value")]
    [InlineData("say\n  /shell {\"é\": ls}", "in line 2, at character 16: 'l' is")]
    [InlineData("/shell {\n  \"command\": ls\n}", "in line 2, at character 14: 'l' is")]
    public void Parse_JsonThatCanNotBeRead_KeepsTheCallWithThePlaceOfItsFault(string text, string fault)
    {
        var call = Assert.Single(Parse(text).Calls);
        Assert.Null(call.Arguments);
        Assert.StartsWith(fault, call.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/shell ls -la", """{"command":"ls -la"}""")]
    [InlineData("/shell [ -e a ] && echo \"{b}\"", """{"command":"[ -e a ] && echo \"{b}\""}""")]
    [InlineData("/write a.txt  # hello, world", """{"path":"a.txt","content":"# hello, world"}""")]
    [InlineData("/write a.txt", """{"path":"a.txt"}""")]
    [InlineData("/lines 3 true x", """{"start":3,"flag":true,"text":"x"}""")]
    [InlineData("/lines three", """{"start":"three"}""")]
    [InlineData("/free some words", """{"query":"some words"}""")]
    [InlineData("/nothing at all", "{}")]
    public void Parse_PlainWords_AreWhatTheToolRequiresInItsOrder(string text, string arguments)
    {
        var call = Assert.Single(Parse(text).Calls);

        Assert.Null(call.Fault);
        Assert.Equal(arguments, JsonSerializer.Serialize(call.Arguments, Relaxed));
    }

    [Fact]
    public void Parse_AFaultyCallBeforeAnother_LeavesTheOtherAlone()
    {
        var script = Parse("/shell {\"command\":\n/computer {}");

        Assert.NotNull(script.Calls[0].Fault);
        Assert.Null(script.Calls[1].Fault);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("/ shell {}")]
    [InlineData("a /shell {}")]
    [InlineData("//shell {}")]
    public void Parse_NoDirective_GivesNoCalls(string text) => Assert.Empty(Parse(text).Calls);

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly AITool[] Tools =
    [
        Tool("shell", """{"type":"object","properties":{"timeoutMs":{"type":"integer"},"command":{"type":"string"}},"required":["command"]}"""),
        Tool("write", """{"type":"object","properties":{"content":{"type":"string"},"path":{"type":"string"}},"required":["path","content"]}"""),
        Tool("lines", """{"type":"object","properties":{"start":{"type":"integer"},"flag":{"type":"boolean"},"text":{"type":"string"}},"required":["start","flag","text"]}"""),
        Tool("free", """{"type":"object","properties":{"limit":{"type":"integer"},"query":{"type":"string"}}}"""),
    ];

    private static DirectiveScript Parse(string text) => DirectiveScript.Parse(text, Tools);

    private static AIFunctionDeclaration Tool(string name, string schema) => AIFunctionFactory.CreateDeclaration(name, "", new JsonText(schema).ToElement());
}
