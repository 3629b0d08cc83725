namespace ToolRuntime.Tools.Attach;

/// <summary>What the <c>attach</c> tool tells of itself.</summary>
internal static class AttachDescriptor
{
    public const int MostTail = 1 << 20;

    // The tool's own limit is met first, and says so.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public static ToolDescriptor Create(AttachOptions options) => new()
    {
        Name = "attach",
        Description = "Shows what a running process of this host prints from now on, and what it takes, until it exits or is left; leaving it changes nothing about it.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "pid": { "type": "integer", "minimum": 2, "maximum": 4194304, "description": "The process." },
                "start": { "type": "integer", "minimum": 0, "description": "When it started, the last number of its id in /v1/processes: no other process that has got its number is meant." },
                "output": { "enum": ["auto", "file", "trace", "none"], "description": "How its output is got: files that it writes to are followed, else its writes are traced. auto if left out." },
                "tail": { "type": "integer", "minimum": 0, "maximum": {{MostTail}}, "description": "How many bytes of a file's end come first; none if left out." }
              },
              "required": ["pid"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int)(options.Total + Margin).TotalMilliseconds,
        MaxTimeoutMs = (int)(options.Total + Margin).TotalMilliseconds,
        Endless = true,
        Scope = "host:processes",
        NotForModels = "It reaches processes beyond the session.",
        EstimatedMs = (int)options.Total.TotalMilliseconds,
    };
}
