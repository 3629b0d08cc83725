using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Files;

/// <summary>
/// Lists a folder of the workspace, names in ordinal order, each folder before what is in it. Links are named and never entered.
/// </summary>
internal sealed class FileListTool(IOptions<FileToolOptions> options, ISandbox sandbox) : ITool
{
    public ToolDescriptor Descriptor { get; } = sandbox.Describe(new()
    {
        Name = "file_list",
        Description = "Lists the files and folders in a folder of the session's workspace.",
        Parameters = new($$"""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The folder, relative to the workspace; the workspace itself if left out." },
                "recursive": { "type": "boolean", "description": "Whether folders in it are listed too; false if left out." },
                "limit": { "type": "integer", "minimum": 1, "maximum": {{options.Value.MaxEntries}}, "description": "Most entries." }
              },
              "additionalProperties": false
            }
            """),
        TimeoutMs = FileTools.TimeoutMs,
        Idempotency = Idempotency.Yes,
        EstimatedMs = 20,
    });

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        var path = call.FindText("path") ?? ".";
        var (limit, depth) = (call.FindNumber("limit") ?? options.Value.MaxEntries, call.FindFlag("recursive") ? options.Value.MaxDepth : 1);
        var listing = await sandbox.ListAsync(context, path, limit, depth, cancellationToken);

        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteStartArray("entries");
            foreach (var entry in listing.Entries)
            {
                json.WriteStartObject();
                json.WriteString("path", entry.Path);
                json.WriteString("type", entry.Type);
                if (entry.Bytes is { } bytes) json.WriteNumber("bytes", bytes);
                if (entry.IsEscaped) json.WriteBoolean("escaped", true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("truncated", listing.IsTruncated);
            if (listing.Skipped > 0) json.WriteNumber("skipped", listing.Skipped);
        });
        return ToolResult.Success(result, $"{listing.Entries.Count} entries in {path}");
    });
}
