namespace ToolRuntime.Tools.Files;

/// <summary>What all file tools share.</summary>
internal static class FileTools
{
    /// <summary>Time-out of one attempt.</summary>
    public const int TimeoutMs = 10_000;
}
