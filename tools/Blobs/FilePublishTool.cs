using ToolRuntime.Blobs;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Blobs;

/// <summary>Publishes a file of the workspace to the people in the session: a picture is shown to them, anything else they can download.</summary>
internal sealed class FilePublishTool(ISandbox sandbox) : ITool
{
    public ToolDescriptor Descriptor { get; } = sandbox.Describe(new()
    {
        Name = "file_publish",
        Description = "Shows a file of the session's workspace to the user: a picture (PNG, JPEG, GIF, WebP, SVG) is displayed, any other file is offered for download.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The file, relative to the workspace." }
              },
              "required": ["path"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = 120_000,
        Idempotency = Idempotency.Yes,
        EstimatedMs = 100,
    });

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        try
        {
            var path = call.GetText("path");
            var published = await sandbox.PublishFileAsync(context, path, cancellationToken);
            var result = JsonText.Object(json =>
            {
                json.WriteString("path", path);
                json.WriteStartArray("content");
                published.Write(json);
                json.WriteEndArray();
            });
            return ToolResult.Success(result, $"published {published.Info.FileName}, {published.Info.Bytes} bytes");
        }
        catch (BlobStoreException exception)
        {
            return ToolResult.Failure(new(ToolErrorCodes.BlobUnavailable, exception.Message, exception.Retryable));
        }
    });

    /// <summary>That one file can't be had says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) => null;
}
