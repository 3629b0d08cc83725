using System.Text;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Files;

/// <summary>Replaces lines of a text file of the workspace. Calls for one file follow each other, so none undoes another's work.</summary>
internal sealed class FileReplaceLinesTool(IOptions<FileToolOptions> options) : ITool
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileTurns turns = new();

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "file_replace_lines",
        Description = "Replaces the lines startLine to endLine (both included, counted from 1) of a text file. "
            + "With endLine = startLine - 1 it inserts before startLine; empty content deletes.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The file, relative to the workspace." },
                "startLine": { "type": "integer", "minimum": 1, "maximum": 2000000000, "description": "First line to replace, from 1." },
                "endLine": { "type": "integer", "minimum": 0, "maximum": 2000000000, "description": "Last line to replace." },
                "content": { "type": "string", "description": "The new lines." }
              },
              "required": ["path", "startLine", "endLine", "content"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = FileTools.TimeoutMs,
        Idempotency = Idempotency.No,
        EstimatedMs = 50,
    };

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        var path = call.GetText("path");
        using var workspace = WorkspaceFolder.Open(context.Workspace);
        var (folder, name) = workspace.OpenParent(path, create: false);
        using var opened = folder;
        using var turn = await turns.TakeAsync($"{folder.RealPath}/{name}", cancellationToken);

        await context.ReportProgressAsync("analyzing", message: path, cancellationToken: cancellationToken);
        var text = await ReadAsync(workspace, path, cancellationToken);
        var edit = LineEdit.Apply(text, call.FindNumber("startLine")!.Value, call.FindNumber("endLine")!.Value, call.GetText("content"));
        var content = Strict.GetBytes(edit.Text);
        if (content.Length > options.Value.MaxWriteBytes) throw FileToolException.TooLarge(path, content.Length, options.Value.MaxWriteBytes);

        await context.ReportProgressAsync("writing", cancellationToken: cancellationToken);
        await AtomicFile.ReplaceAsync(folder, name, content, options.Value.FlushToDisk, _ => ValueTask.CompletedTask, cancellationToken);
        context.Counters.AddLines(edit.Inserted);
        await context.ReportProgressAsync("complete", 100, cancellationToken: cancellationToken);

        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("removed", edit.Removed);
            json.WriteNumber("inserted", edit.Inserted);
            json.WriteNumber("totalLines", SourceFacts.CountLines(edit.Text));
        });
        return ToolResult.Success(result, $"{path}: {edit.Removed} lines out, {edit.Inserted} in");
    });

    private async Task<string> ReadAsync(WorkspaceFolder workspace, string path, CancellationToken cancellationToken)
    {
        await using var file = workspace.OpenFile(path);
        if (file.Length > options.Value.MaxWriteBytes) throw FileToolException.TooLarge(path, file.Length, options.Value.MaxWriteBytes);
        var bytes = new byte[file.Length];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw new FileToolException(new("not_text", $"'{path}' is no UTF-8 text."));
        }
    }
}
