namespace ToolRuntime.Tools.Shell;

/// <summary>What tools that run programs have in common to tell of themselves.</summary>
internal static class RunDescriptor
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <param name="options">How long a run may take.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="argument">The argument that must be given.</param>
    /// <param name="own">The properties of its own arguments, JSON, ending with a comma.</param>
    public static ToolDescriptor Create(ShellOptions options, string name, string description, string argument, string own)
    {
        var (usual, longest) = (options.MaxRunTime, (options.MaxRunTime ?? Longest).TotalMilliseconds);
        return new()
        {
            Name = name,
            Description = description,
            Parameters = new($$"""
                {
                  "type": "object",
                  "properties": {
                    {{own}}
                    "idempotent": { "type": "boolean", "description": "True if running it again after an interruption does no harm." },
                    "timeoutMs": { "type": "integer", "minimum": 1, "maximum": {{longest:0}}, "description": "Longest run in milliseconds; {{(usual is { } known ? $"{known.TotalMilliseconds:0}" : "a minute")}} if left out." },
                    "workingDirectory": { "type": "string", "description": "A folder of the workspace; the workspace itself if left out." },
                    "environment": { "type": "object", "additionalProperties": { "type": "string" }, "description": "More environment variables." }
                  },
                  "required": ["{{argument}}"],
                  "additionalProperties": false
                }
                """),
            TimeoutMs = (int?)usual?.TotalMilliseconds,
            MaxTimeoutMs = (int)longest,
            TimeoutArgument = "timeoutMs",
            Idempotency = Idempotency.WhenArgumentsSay,
            StartsProcess = true,
            Input = ToolInput.WhenArgumentsSay,
        };
    }
}
