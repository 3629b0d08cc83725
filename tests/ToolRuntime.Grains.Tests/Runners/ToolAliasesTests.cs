using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class ToolAliasesTests
{
    [Theory]
    [InlineData("os-write", """{"file_path":"a.txt","content":"x"}""", "file_write", """{"path":"a.txt","content":"x"}""")]
    [InlineData("os-write", """{"path":"a.txt","content":"x","createDirectories":false}""", "file_write", """{"path":"a.txt","content":"x","createDirectories":false}""")]
    [InlineData(
        "os-line-replace", """{"file_path":"a","search":"old","first_replaced_line":2,"last_replaced_line":3,"replace":"new"}""",
        "file_replace_lines", """{"path":"a","expected":"old","startLine":2,"endLine":3,"content":"new"}""")]
    [InlineData(
        "os-line-replace", """{"file_path":"a","start_line":1,"end_line":1,"new_content":"n"}""",
        "file_replace_lines", """{"path":"a","startLine":1,"endLine":1,"content":"n"}""")]
    [InlineData("os-write", """{"path":"a","file_path":"b"}""", "file_write", """{"path":"a","file_path":"b"}""")]
    [InlineData("file_write", """{"file_path":"a"}""", "file_write", """{"file_path":"a"}""")]
    [InlineData("os-write", "[1]", "file_write", "[1]")]
    public void Resolve_Call_IsOneOfTheTool(string name, string arguments, string tool, string resolved)
    {
        var planner = new BatchPlanner(Catalog([]), Options.Create(new BatchOptions()));

        var call = Assert.Single(planner.Resolve(new RunTools([new(name, new(arguments), "c1", 5)])).Calls);

        Assert.Equal(new ToolInvocation(tool, new(resolved), "c1", 5), call);
    }

    [Fact]
    public void NameOf_ToolOfThatName_GoesFirst() => Assert.Equal("os-write", Catalog([], "os-write").NameOf("os-write"));

    [Fact]
    public void NameOf_Configured_AddsAndReplacesAndSwitchesOff()
    {
        var catalog = Catalog(new()
        {
            ["Names:write:Tool"] = "file_write",
            ["Names:write:Arguments:to"] = "path",
            ["Names:os-write:Arguments:name"] = "path",
            ["Names:os-line-replace:Tool"] = "",
        });

        Assert.Equal(("file_write", "file_write", "os-line-replace"), (catalog.NameOf("write"), catalog.NameOf("os-write"), catalog.NameOf("os-line-replace")));
        Assert.Equal("""{"path":"a"}""", catalog.ArgumentsOf("write", new("""{"to":"a"}""")).Json);
        Assert.Equal("""{"path":"a"}""", catalog.ArgumentsOf("os-write", new("""{"name":"a"}""")).Json);
        Assert.Equal("""{"path":"a"}""", catalog.ArgumentsOf("os-write", new("""{"file_path":"a"}""")).Json);
    }

    [Theory]
    [InlineData("no name", "shell")]
    [InlineData("one", "no tool")]
    [InlineData("one", "os-write")]
    public void Fault_WrongName_IsTold(string name, string tool) => Assert.NotNull(Read(new() { [$"Names:{name}:Tool"] = tool }).Fault());

    [Fact]
    public void Fault_Defaults_None() => Assert.Null(new ToolAliasOptions().Fault());

    private static ToolAliasOptions Read(Dictionary<string, string?> settings)
    {
        var options = new ToolAliasOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Bind(options);
        return options;
    }

    private static ToolCatalog Catalog(Dictionary<string, string?> settings, params IEnumerable<string> tools) =>
        new([.. tools.Select(name => new NamedTool(name))], aliases: new(Options.Create(Read(settings))));

    private sealed class NamedTool(string name) : ITool
    {
        public ToolDescriptor Descriptor { get; } = new() { Name = name, Description = "Does nothing.", Parameters = new("""{"type":"object"}""") };

        public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
