namespace ToolRuntime.Tools.Shell;

/// <summary>What the <c>shell</c> tool tells of itself.</summary>
internal static class ShellDescriptor
{
    // Linux takes 128 KB in one argument, and a character has up to four bytes.
    public const int MaxCommandLength = 32_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static ToolDescriptor Create(ShellOptions options, long terminalBytes) =>
        Create(options.MaxRunTime, (options.MaxRunTime ?? Longest).TotalMilliseconds, terminalBytes);

    private static ToolDescriptor Create(TimeSpan? usual, double longest, long terminalBytes) => new()
    {
        Name = "shell",
        Description = "Runs a command line with bash in the session's workspace and streams its output. "
            + "A non-zero exit code is a failure. Processes left in the background end soon after the command.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "command": { "type": "string", "minLength": 1, "maxLength": {{MaxCommandLength}}, "description": "The command line." },
                "idempotent": { "type": "boolean", "description": "True if running it again after an interruption does no harm." },
                "input": { "type": "boolean", "description": "True if a person is to type into the command; otherwise its standard input is at its end from the start." },
                "terminal": {
                  "type": "object",
                  "properties": {
                    "cols": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} },
                    "rows": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} }
                  },
                  "required": ["cols", "rows"],
                  "additionalProperties": false,
                  "description": "Gives it a terminal of that size, which a person may type into, instead of pipes."
                },
                "timeoutMs": { "type": "integer", "minimum": 1, "maximum": {{longest:0}}, "description": "Longest run in milliseconds; {{(usual is { } known ? $"{known.TotalMilliseconds:0}" : "a minute")}} if left out." },
                "workingDirectory": { "type": "string", "description": "A folder of the workspace; the workspace itself if left out." },
                "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "More environment variables." }
              },
              "required": ["command"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int?)usual?.TotalMilliseconds,
        MaxTimeoutMs = (int)longest,
        TimeoutArgument = "timeoutMs",
        Idempotency = Idempotency.WhenArgumentsSay,
        StartsProcess = true,
        Input = ToolInput.WhenArgumentsSay,
        Terminal = new(Always: false, terminalBytes),
        EstimatedMs = 2_000,
    };
}
