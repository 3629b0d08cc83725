namespace ToolRuntime.Tools.Shell;

/// <summary>What the <c>shell</c> tool tells of itself.</summary>
internal static class ShellDescriptor
{
    // Linux takes 128 KB in one argument, and a character has up to four bytes.
    public const int MaxCommandLength = 32_000;

    public static ToolDescriptor Create(ShellOptions options, long terminalBytes) => RunDescriptor.Create(
        options,
        "shell",
        "Runs a command line with bash in the session's workspace and streams its output. "
            + "A non-zero exit code is a failure. Processes left in the background end soon after the command.",
        "command",
        $$"""
        "command": { "type": "string", "minLength": 1, "maxLength": {{MaxCommandLength}}, "description": "The command line." },
        "input": { "type": "boolean", "description": "True if a person is to type into the command; otherwise its standard input is at its end from the start." },
        "terminal": {
          "type": "object",
          "properties": {
            "cols": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} },
            "rows": { "type": "integer", "minimum": 1, "maximum": {{TerminalSize.Most}} },
            "integration": { "type": "boolean", "description": "False if a shell is not to mark its prompts and commands." }
          },
          "required": ["cols", "rows"],
          "additionalProperties": false,
          "description": "Gives it a terminal of that size, which a person may type into, instead of pipes."
        },
        """) with
    { EstimatedMs = 2_000, Terminal = new(Always: false, terminalBytes) };
}
