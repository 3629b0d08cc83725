using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>A tool that does what a test says.</summary>
internal sealed class FakeTool(Func<ToolCall, IToolContext, CancellationToken, Task<ToolResult>> execute, string name = "fake") : ITool
{
    private int runs;

    public static ToolResult Done { get; } = ToolResult.Success(JsonText.EmptyObject, "done");

    public int Runs => Volatile.Read(ref runs);

    public ToolDescriptor Descriptor { get; init; } = new() { Name = name, Description = "Does what a test says.", Parameters = new("""{"type":"object"}""") };

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref runs);
        return execute(call, context, cancellationToken);
    }
}
