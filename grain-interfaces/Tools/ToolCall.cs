using System.Text.Json;

namespace ToolRuntime.Tools;

/// <summary>One attempt's input.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">An object that fits the tool's schema.</param>
public sealed record ToolCall(string Name, JsonElement Arguments);
