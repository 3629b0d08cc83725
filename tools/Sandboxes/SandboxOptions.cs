namespace ToolRuntime.Tools.Sandboxes;

/// <summary>Where <c>shell</c>, <c>code</c> and the file tools work, section <c>ToolRuntime:Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary><c>Local</c>: on the silo's host. <c>Daytona</c>: in a sandbox of Daytona for each session. Default: Daytona where there is a key of it, else local.</summary>
    public SandboxKind? Kind { get; set; }
}

/// <summary>Where tools work.</summary>
public enum SandboxKind
{
    /// <summary>On the silo's host.</summary>
    Local,

    /// <summary>In sandboxes of Daytona.</summary>
    Daytona,
}
