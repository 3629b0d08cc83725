using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolRuntime.Tools.Computer;

/// <summary>
/// Facts about the computer that tools run on. It does next to nothing, so it also measures what the runtime itself costs.
/// </summary>
internal sealed class ComputerTool(TimeProvider time) : ITool
{
    private static readonly string OperatingSystem = RuntimeInformation.OSDescription;
    private static readonly string Architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
    private static readonly string Summary = $"{OperatingSystem}, {Environment.ProcessorCount} processors";
    private readonly MemoryFacts memory = new(time);

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "computer",
        Description = "Tells the operating system, processors, memory and up-time of the computer that the tools run on.",
        Parameters = new("""{ "type": "object", "properties": {}, "additionalProperties": false }"""),
        Idempotency = Idempotency.Yes,
        EstimatedMs = 1,
    };

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) =>
        Task.FromResult(ToolResult.Success(JsonText.Object(Write), Summary));

    private void Write(Utf8JsonWriter json)
    {
        var (total, available) = memory.Read();
        json.WriteString("os", OperatingSystem);
        json.WriteString("architecture", Architecture);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteNumber("memoryBytes", total);
        json.WriteNumber("memoryAvailableBytes", available);
        json.WriteNumber("uptimeSeconds", Environment.TickCount64 / 1000);
        json.WriteString("dotnet", RuntimeInformation.FrameworkDescription);
        json.WriteString("workspace", ".");
    }
}
