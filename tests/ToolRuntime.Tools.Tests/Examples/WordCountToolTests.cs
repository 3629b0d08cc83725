using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Examples;

/// <summary>The tool that the README tells people to write compiles and works, and is what the README shows.</summary>
public sealed class WordCountToolTests
{
    [Fact]
    public async Task Execute_Text_CountsAndStreams()
    {
        using var host = new ToolHost();

        var result = await new WordCountTool().ExecuteAsync(FakeToolContext.Call("word_count", """{"text":"to be or\nnot"}"""), host.Context, CancellationToken.None);

        Assert.Equal(("""{"words":4}""", "4 words"), (result.Result.Json, result.Summary));
        Assert.Equal("to\nbe\nor\nnot\n", host.Context.Text(OutputStream.Stdout));
        Assert.Equal(100, host.Context.Progress[^1].Percent);
    }

    [Fact]
    public void Readme_ShowsTheFileAsItIs()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "Examples", "WordCountTool.cs");

        Assert.Contains(File.ReadAllText(file).Trim(), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "README.md")), StringComparison.Ordinal);
    }
}
