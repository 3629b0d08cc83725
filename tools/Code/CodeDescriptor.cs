using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Code;

/// <summary>What the <c>code</c> tool tells of itself.</summary>
internal static class CodeDescriptor
{
    // A command of a client takes 256 KB.
    private const int MaxText = 200_000;

    public static ToolDescriptor Create(ShellOptions options) => RunDescriptor.Create(
        options,
        "code",
        "Runs a program, Python unless another language is named, in the session's workspace and streams its output. "
            + "The result names the files that it created, changed or deleted there. A non-zero exit code is a failure.",
        "source",
        $$"""
        "source": { "type": "string", "minLength": 1, "maxLength": {{MaxText}}, "description": "The program." },
        "language": { "enum": ["python", "javascript", "csharp", "bash"], "description": "Its language; python if left out. JavaScript is an ECMAScript module for Node.js, C# a file-based program." },
        "stdin": { "type": "string", "maxLength": {{MaxText}}, "description": "What the program reads from its standard input." },
        "arguments": { "type": "array", "items": { "type": "string", "maxLength": 32000 }, "maxItems": 256, "description": "The program's arguments." },
        "input": { "type": "boolean", "description": "True if a person is to type into the program, after stdin; otherwise its input ends there." },
        """) with
    { EstimatedMs = 3_000 };
}
