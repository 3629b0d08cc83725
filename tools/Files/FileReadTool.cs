using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Files;

/// <summary>Reads lines of a text file of the workspace, or the beginning of a binary one.</summary>
internal sealed class FileReadTool(IOptions<FileToolOptions> options, ISandbox sandbox) : ITool
{
    public ToolDescriptor Descriptor { get; } = sandbox.Describe(new()
    {
        Name = "file_read",
        Description = "Reads a file of the session's workspace: text by lines, anything else as base64. "
            + "The hash of the lines may be given to file_replace_lines.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The file, relative to the workspace." },
                "offset": { "type": "integer", "minimum": 0, "maximum": 2000000000, "description": "Lines to skip; 0 if left out." },
                "limit": { "type": "integer", "minimum": 1, "maximum": 100000, "description": "Lines to read; {{options.Value.DefaultLines}} if left out." }
              },
              "required": ["path"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = FileTools.TimeoutMs,
        Idempotency = Idempotency.Yes,
        EstimatedMs = 20,
    });

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        var path = call.GetText("path");
        var lines = await sandbox.ReadAsync(context, path, options.Value.MaxFileBytes, ReadAsync, cancellationToken);
        return lines.IsText ? Text(path, lines) : Binary(path, lines);

        async Task<LineReader> ReadAsync(Stream file, CancellationToken token)
        {
            var reader = new LineReader(call.FindNumber("offset") ?? 0, call.FindNumber("limit") ?? options.Value.DefaultLines, options.Value.MaxResultBytes);
            await reader.ReadAsync(file, token);
            return reader;
        }
    });

    private static ToolResult Text(string path, LineReader lines)
    {
        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteString("content", lines.Kept);
            json.WriteNumber("offset", lines.Offset);
            json.WriteNumber("lines", lines.KeptLines);
            json.WriteNumber("totalLines", lines.TotalLines);
            json.WriteNumber("bytes", lines.TotalBytes);
            json.WriteBoolean("truncated", lines.IsTruncated);
            if (!lines.IsCut) json.WriteString("hash", LineHash.Of(lines.Kept));
        });
        return ToolResult.Success(result, $"{lines.KeptLines} of {lines.TotalLines} lines of {path}");
    }

    private static ToolResult Binary(string path, LineReader lines)
    {
        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteBase64String("base64", lines.Head);
            json.WriteNumber("bytes", lines.TotalBytes);
            json.WriteBoolean("truncated", lines.Head.Length < lines.TotalBytes);
        });
        return ToolResult.Success(result, $"{path} is binary, {lines.TotalBytes} bytes");
    }
}
