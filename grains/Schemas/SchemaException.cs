namespace ToolRuntime.Schemas;

/// <summary>A schema is malformed; the message says where. A bug of the tool that offers it.</summary>
internal sealed class SchemaException(string pointer, string problem, Exception? inner = null) : Exception(
    $"Schema at '#{pointer}': {problem}", inner);
