namespace ToolRuntime.Named;

/// <summary>What sessions and the tool that runs their named processes say to each other.</summary>
public static class NamedRunContract
{
    /// <summary>The tool's name.</summary>
    public const string Tool = "named_process";

    /// <summary>The stage of its progress once the process runs; <c>details</c> has its <c>pid</c>.</summary>
    public const string Running = "running";

    /// <summary>The stage once it is ready.</summary>
    public const string Ready = "ready";
}
