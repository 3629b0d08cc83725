namespace ToolRuntime.Tools.Shell;

/// <summary>What the <c>terminal</c> tool tells of itself.</summary>
internal static class TerminalDescriptor
{
    // The tool's own limit is met first, and says so.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public static ToolDescriptor Create(TerminalOptions options) => new()
    {
        Name = "terminal",
        Description = "Opens a terminal in the session's workspace, which people type into: a shell, or a command such as vim.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "command": { "type": "string", "minLength": 1, "maxLength": {{ShellDescriptor.MaxCommandLength}}, "description": "What runs in it; a shell if left out." },
                "cols": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}}, "description": "Its columns at first; {{ToolTerminal.UsualSize.Cols}} if left out." },
                "rows": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}}, "description": "Its rows at first; {{ToolTerminal.UsualSize.Rows}} if left out." },
                "integration": { "type": "boolean", "description": "False if a shell is not to mark its prompts and commands." },
                "workingDirectory": { "type": "string", "description": "A folder of the workspace; the workspace itself if left out." },
                "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "More environment variables." }
              },
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int)(options.Total + Margin).TotalMilliseconds,
        MaxTimeoutMs = (int)(options.Total + Margin).TotalMilliseconds,
        StartsProcess = true,
        Input = ToolInput.Yes,
        Terminal = new(Always: true, options.KeptBytes),
        Endless = true,
        NotForModels = "People type into it.",
        EstimatedMs = (int)options.Total.TotalMilliseconds,
    };
}
