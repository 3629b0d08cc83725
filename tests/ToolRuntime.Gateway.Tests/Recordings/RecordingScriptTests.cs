using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Recordings;

public class RecordingScriptTests
{
    [Fact]
    public void Cast_Execution_HasHeadTimesOutputMarkersAndExit()
    {
        var lines = new Recorded().Plan(0).Add(100, "tool.started", "\"executionId\":\"x1\",\"attempt\":1").Output(350, "\"offset\":0,\"text\":\"a\\nb\\n\"")
            .Add(400, "tool.progress", "\"executionId\":\"x1\",\"stage\":\"half\",\"message\":\"way\"").Add(500, "tool.progress", "\"executionId\":\"x1\",\"stage\":\"half\"").End(1_600).As("cast");

        using var head = JsonDocument.Parse(lines[0]);
        Assert.Equal((3, 120, 30), (head.RootElement.GetProperty("version").GetInt32(), head.RootElement.GetProperty("term").GetProperty("cols").GetInt32(), head.RootElement.GetProperty("term").GetProperty("rows").GetInt32()));
        Assert.Equal(("shell: ls -l", 1_769_851_800), (head.RootElement.GetProperty("title").GetString(), head.RootElement.GetProperty("timestamp").GetInt64()));
        Assert.Equal(
            ["[0.1,\"m\",\"started\"]", "[0.25,\"o\",\"a\\r\\nb\\r\\n\"]", "[0.05,\"m\",\"half: way\"]", "[1.2,\"m\",\"completed\"]", "[0,\"x\",\"0\"]"],
            lines[1..]);
    }

    [Fact]
    public void Cast_Terminal_HasItsSizeItsBytesAndItsResizes()
    {
        var lines = new Recorded().Plan(0, arguments: """{"command":"vim","terminal":{"cols":80,"rows":24}}""").Output(10, "\"offset\":0,\"text\":\"a\\nb\"", stream: "terminal")
            .Add(20, "tool.resized", "\"executionId\":\"x1\",\"cols\":100,\"rows\":50").As("cast");

        Assert.Contains("\"cols\":80,\"rows\":24", lines[0], StringComparison.Ordinal);
        Assert.Equal(["[0.01,\"o\",\"a\\nb\"]", "[0.01,\"r\",\"100x50\"]"], lines[1..]);
    }

    [Fact]
    public void Cast_LineEndsOverChunks_ArePutOnce()
    {
        var lines = new Recorded().Plan(0).Output(0, "\"offset\":0,\"text\":\"a\\r\"").Output(0, "\"offset\":2,\"text\":\"\\nb\\r\\n\"").As("cast");

        Assert.Equal(["[0,\"o\",\"a\\r\"]", "[0,\"o\",\"\\nb\\r\\n\"]"], lines[1..]);
    }

    [Fact]
    public void Cast_ClockThatWentBack_WaitsForNothing()
    {
        var lines = new Recorded().Plan(500).Output(400, "\"offset\":0,\"text\":\"a\"").Output(600, "\"offset\":1,\"text\":\"b\"").As("cast");

        Assert.Equal(["[0,\"o\",\"a\"]", "[0.1,\"o\",\"b\"]"], lines[1..]);
    }

    [Fact]
    public void Output_CharacterCutInTwo_IsOneCharacter()
    {
        var bytes = "漢"u8.ToArray();
        var lines = new Recorded().Plan(0).Output(0, $"\"offset\":0,\"base64\":\"{Convert.ToBase64String(bytes[..1])}\"").Output(5, $"\"offset\":1,\"base64\":\"{Convert.ToBase64String(bytes[1..])}\"").As("text");

        Assert.Equal("漢", lines[^1]);
    }

    [Fact]
    public void Output_NotKept_IsSaidWhereItIsMissing()
    {
        var lines = new Recorded().Plan(0).Output(0, "\"offset\":0,\"text\":\"begin\\n\"").Output(1, "\"offset\":6,\"dropped\":100").Output(2, "\"offset\":206,\"text\":\"end\\n\"").As("text");

        Assert.Equal(["begin", "[100 bytes are not kept]", "[100 bytes are not kept]", "end"], lines[2..]);
    }

    [Fact]
    public void Output_Erased_IsSaid()
    {
        var lines = new Recorded().Plan(0, arguments: "{}").Output(0, "\"offset\":0,\"text\":\"\"").Output(1, "\"offset\":9,\"text\":\"\"").As("text");

        Assert.Equal(["[output was erased]", "[9 bytes are not kept]"], lines[2..]);
    }

    [Fact]
    public void Text_ColoursAndLinesDrawnOver_AreWhatALineWasLast()
    {
        var lines = new Recorded().Plan(0).Output(0, "\"offset\":0,\"text\":\"\\u001b[31mred\\u001b[0m\\n10 %\\r100 %\\r\\nlong line\\r\\u001b[Kshort\\n\\u001b]0;title\\u0007ab\\bc\"").End(5).As("text");

        Assert.Equal(["red", "100 %", "short", "ac", "[exit 0]"], lines[2..]);
    }

    [Fact]
    public void Text_Session_KeepsToolsApartAndHasTheConversation()
    {
        var recorded = new Recorded().Add(0, "message.created", "\"messageId\":\"m1\",\"role\":\"user\",\"text\":\"go\",\"title\":\"go\"")
            .Add(1, "message.delta", "\"messageId\":\"m2\",\"offset\":0,\"text\":\"I \"").Add(2, "message.delta", "\"messageId\":\"m2\",\"offset\":2,\"text\":\"run\"")
            .Plan(3).Plan(3, "x2", """{"command":"pwd"}""")
            .Output(4, "\"offset\":0,\"text\":\"one \"").Output(5, "\"offset\":0,\"text\":\"/tmp\\n\"", "x2").Output(6, "\"offset\":4,\"text\":\"two\\n\"").End(7).End(8, "x2")
            .Add(9, "message.completed", "\"messageId\":\"m2\",\"text\":\"I run\"");

        Assert.Equal(
            ["# go", "# 2026-01-31T09:30:00Z", "> go", "[shell: pwd]", "/tmp", "[shell: ls -l]", "one two", "I run", "[shell: ls -l: completed, exit 0]", "[shell: pwd: completed, exit 0]"],
            recorded.As("text", execution: null));
    }

    [Fact]
    public void Cast_Failure_HasTheCodeOfTheProcess()
    {
        var lines = new Recorded().Plan(0).Add(1, "tool.failed", "\"executionId\":\"x1\",\"error\":{\"code\":\"exit_code\",\"message\":\"The command ended with exit code 137 (SIGKILL).\"}").As("cast");

        Assert.Equal("[0,\"x\",\"137\"]", lines[^1]);
    }

    [Fact]
    public void Events_LineBreaksBetweenTokens_StayOneLine()
    {
        var lines = new Recorded().Add(0, "tool.completed", "\"executionId\":\"x1\",\"result\":{\n\"a\":1}").As("events");

        Assert.Equal(3, lines.Length);
        Assert.StartsWith("{\"recording\":{\"session\":\"s1\",\"executionId\":\"x1\"", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("\"result\":{\"a\":1}}", lines[1], StringComparison.Ordinal);
        Assert.Equal("{\"end\":{\"seq\":1}}", lines[2]);
    }
}
