using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Code;

/// <summary>What the <c>code</c> tool tells of itself.</summary>
internal static class CodeDescriptor
{
    // A command of a client takes 256 KB.
    private const int MaxText = 200_000;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static ToolDescriptor Create(ShellOptions options) =>
        Create(options.MaxRunTime, (options.MaxRunTime ?? Longest).TotalMilliseconds);

    private static ToolDescriptor Create(TimeSpan? usual, double longest) => new()
    {
        Name = "code",
        Description = "Runs a program, Python unless another language is named, in the session's workspace and streams its output. "
            + "The result names the files that it created, changed or deleted there. A non-zero exit code is a failure.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "source": { "type": "string", "minLength": 1, "maxLength": {{MaxText}}, "description": "The program." },
                "language": { "enum": ["python", "javascript", "csharp", "bash"], "description": "Its language; python if left out. JavaScript is an ECMAScript module for Node.js, C# a file-based program." },
                "stdin": { "type": "string", "maxLength": {{MaxText}}, "description": "What the program reads from its standard input." },
                "arguments": { "type": "array", "items": { "type": "string", "maxLength": 32000 }, "maxItems": 256, "description": "The program's arguments." },
                "idempotent": { "type": "boolean", "description": "True if running it again after an interruption does no harm." },
                "input": { "type": "boolean", "description": "True if a person is to type into the program, after stdin; otherwise its input ends there." },
                "timeoutMs": { "type": "integer", "minimum": 1, "maximum": {{longest:0}}, "description": "Longest run in milliseconds; {{(usual is { } known ? $"{known.TotalMilliseconds:0}" : "a minute")}} if left out." },
                "workingDirectory": { "type": "string", "description": "A folder of the workspace; the workspace itself if left out." },
                "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "More environment variables." }
              },
              "required": ["source"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int?)usual?.TotalMilliseconds,
        MaxTimeoutMs = (int)longest,
        TimeoutArgument = "timeoutMs",
        Idempotency = Idempotency.WhenArgumentsSay,
        StartsProcess = true,
        Input = ToolInput.WhenArgumentsSay,
        EstimatedMs = 3_000,
    };
}
