using ToolRuntime.Named;
using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Named;

/// <summary>What the tool that runs named processes tells of itself.</summary>
internal static class NamedProcessDescriptor
{
    /// <summary>The longest that a run may take, and what it may where nothing is said.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    // The tool's own limit is met first, and says so.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public static ToolDescriptor Create(NamedProcessOptions options) => new()
    {
        Name = NamedRunContract.Tool,
        Description = "One run of a named process of the session; sessions call it themselves when a process is started.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 64, "description": "The process's name." },
                "command": { "type": "string", "minLength": 1, "maxLength": {{ShellDescriptor.MaxCommandLength}}, "description": "The command line." },
                "workingDirectory": { "type": "string", "description": "A folder of the workspace; the workspace itself if left out." },
                "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "More environment variables." },
                "terminal": {
                  "type": "object",
                  "properties": {
                    "cols": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} },
                    "rows": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} }
                  },
                  "required": ["cols", "rows"],
                  "additionalProperties": false,
                  "description": "Gives it a terminal of that size instead of pipes."
                },
                "ready": {
                  "type": "object",
                  "properties": {
                    "pattern": { "type": "string", "minLength": 1, "maxLength": 500, "description": "It is ready when a line of its output matches this regular expression." },
                    "port": { "type": "integer", "minimum": 1, "maximum": 65535, "description": "It is ready when this port takes a connection." },
                    "path": { "type": "string", "minLength": 1, "maxLength": 500, "description": "It is ready when this path at the port is answered with 2xx or 3xx." },
                    "intervalMs": { "type": "integer", "minimum": 100, "maximum": 60000 },
                    "timeoutMs": { "type": "integer", "minimum": 100, "maximum": 3600000 }
                  },
                  "additionalProperties": false
                },
                "stop": {
                  "type": "object",
                  "properties": {
                    "signal": { "type": "string", "enum": ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"] },
                    "graceMs": { "type": "integer", "minimum": 0, "maximum": 600000 }
                  },
                  "additionalProperties": false
                },
                "idleMs": { "type": "integer", "minimum": 1000, "maximum": {{Longest.TotalMilliseconds:0}} },
                "totalMs": { "type": "integer", "minimum": 1000, "maximum": {{Longest.TotalMilliseconds:0}} }
              },
              "required": ["name", "command"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int)(Longest + Margin).TotalMilliseconds,
        MaxTimeoutMs = (int)(Longest + Margin).TotalMilliseconds,
        StartsProcess = true,
        Terminal = new(Always: false, options.KeptBytes),
        KeptBytes = options.KeptBytes,
        Endless = true,
        NotForModels = "Sessions call it; models have the tool process.",
        EstimatedMs = (int)Longest.TotalMilliseconds,
    };
}
