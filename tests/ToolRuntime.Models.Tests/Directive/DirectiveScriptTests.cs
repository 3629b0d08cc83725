using ToolRuntime.Models.Directive;

namespace ToolRuntime.Models.Tests.Directive;

public sealed class DirectiveScriptTests
{
    [Fact]
    public void Parse_TheFourLinesOfTheReadme_GivesFourCallsInOrder()
    {
        var script = DirectiveScript.Parse(
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
        var call = Assert.Single(DirectiveScript.Parse(text).Calls);
        Assert.Equal(("computer", "{}"), (call.Tool, call.Arguments!.Value.GetRawText()));
    }

    [Fact]
    public void Parse_ArgumentsOverSeveralLines_AreOneCall()
    {
        var script = DirectiveScript.Parse("/file_write {\n  \"path\": \"a\",\n  \"content\": \"/not a call\"\n}\n/computer");

        Assert.Equal(["file_write", "computer"], script.Calls.Select(c => c.Tool));
        Assert.Equal("/not a call", script.Calls[0].Arguments!.Value.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("/shell {\"command\": ")]
    [InlineData("/shell [1]")]
    [InlineData("/shell ls -l")]
    public void Parse_ArgumentsThatAreNoObject_KeepsTheCallWithItsFault(string text)
    {
        var call = Assert.Single(DirectiveScript.Parse(text).Calls);
        Assert.Null(call.Arguments);
        Assert.False(string.IsNullOrEmpty(call.Fault));
    }

    [Fact]
    public void Parse_AFaultyCallBeforeAnother_LeavesTheOtherAlone()
    {
        var script = DirectiveScript.Parse("/shell {\"command\":\n/computer {}");

        Assert.NotNull(script.Calls[0].Fault);
        Assert.Null(script.Calls[1].Fault);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("/ shell {}")]
    [InlineData("a /shell {}")]
    [InlineData("//shell {}")]
    public void Parse_NoDirective_GivesNoCalls(string text) => Assert.Empty(DirectiveScript.Parse(text).Calls);
}
