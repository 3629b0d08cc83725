using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Files;

/// <summary>Writes a text file of the workspace, whole.</summary>
internal sealed class FileWriteTool(IOptions<FileToolOptions> options, ISandbox sandbox) : ITool
{
    public ToolDescriptor Descriptor { get; } = sandbox.Describe(new()
    {
        Name = "file_write",
        Description = "Writes a text file in the session's workspace, replacing what was there. Missing folders are created.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The file, relative to the workspace." },
                "content": { "type": "string", "description": "The whole text." },
                "createDirectories": { "type": "boolean", "description": "Whether missing folders are created; true if left out." }
              },
              "required": ["path", "content"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = FileTools.TimeoutMs,
        Idempotency = Idempotency.Yes,
        EstimatedMs = 50,
    });

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        var (path, content) = (call.GetText("path"), call.GetText("content"));
        var facts = SourceFacts.Of(content);
        await context.ReportProgressAsync("analyzing", details: Details(facts), cancellationToken: cancellationToken);

        var size = Encoding.UTF8.GetByteCount(content);
        await context.ReportProgressAsync("validating", message: path, cancellationToken: cancellationToken);
        if (size > options.Value.MaxWriteBytes) throw FileToolException.TooLarge(path, size, options.Value.MaxWriteBytes);
        using var file = await sandbox.OpenForWritingAsync(context, path, call.FindFlag("createDirectories", otherwise: true), cancellationToken);
        var diff = await FileDiff.BeginAsync(sandbox, context, path, cancellationToken);

        ValueTask Written(int bytes) =>
            context.ReportProgressAsync("writing", 100.0 * bytes / size, details: JsonText.Object(json => WriteBytes(json, bytes, size)), cancellationToken: cancellationToken);
        var created = await file.ReplaceAsync(Encoding.UTF8.GetBytes(content), Written, cancellationToken);

        if (created) context.Counters.AddFiles(1);
        context.Counters.AddLines(facts.Lines);
        await context.ReportProgressAsync("complete", 100, cancellationToken: cancellationToken);
        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("bytes", size);
            json.WriteNumber("lines", facts.Lines);
            json.WriteBoolean("created", created);
            if (!created) diff?.Invoke(content).Write(json);
        });
        return ToolResult.Success(
            result, $"{(created ? "created" : "replaced")} {path}, {facts.Lines} {(facts.Lines == 1 ? "line" : "lines")}");
    });

    private static JsonText Details(SourceFacts facts) => JsonText.Object(json =>
    {
        json.WriteNumber("lines", facts.Lines);
        json.WriteNumber("imports", facts.Imports);
        json.WriteStartArray("components");
        foreach (var component in facts.Components) json.WriteStringValue(component);
        json.WriteEndArray();
    });

    private static void WriteBytes(System.Text.Json.Utf8JsonWriter json, int bytes, int total)
    {
        json.WriteNumber("bytes", bytes);
        json.WriteNumber("totalBytes", total);
    }
}
