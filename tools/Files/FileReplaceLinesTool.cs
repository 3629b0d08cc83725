using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Files;

/// <summary>Replaces lines of a text file of the workspace. Calls for one file follow each other, so none undoes another's work.</summary>
internal sealed class FileReplaceLinesTool(IOptions<FileToolOptions> options, ISandbox sandbox) : ITool
{
    private const int MaxShown = 4_000;

    private readonly FileTurns turns = new();
    private readonly RecentEdits recent = new();

    public ToolDescriptor Descriptor { get; } = sandbox.Describe(new()
    {
        Name = "file_replace_lines",
        Description = "Replaces the lines startLine to endLine (both included, counted from 1) of a text file. "
            + "With endLine = startLine - 1 it inserts before startLine; empty content deletes. "
            + "Several calls made at the same time for one file all count lines as they were before the first of them.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "path": { "type": "string", "minLength": 1, "description": "The file, relative to the workspace." },
                "startLine": { "type": "integer", "minimum": 1, "maximum": 2000000000, "description": "First line to replace, from 1." },
                "endLine": { "type": "integer", "minimum": 0, "maximum": 2000000000, "description": "Last line to replace." },
                "content": { "type": "string", "description": "The new lines." },
                "expected": {
                  "type": "string",
                  "description": "What these lines hold now, or the hash that file_read gave for them or for the whole file. If it is something else, nothing is replaced."
                }
              },
              "required": ["path", "startLine", "endLine", "content"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = FileTools.TimeoutMs,
        Idempotency = Idempotency.No,
        EstimatedMs = 50,
    });

    public Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken) => FileGuard.RunAsync(async () =>
    {
        var path = call.GetText("path");
        using var target = await sandbox.OpenForWritingAsync(context, path, create: false, cancellationToken);
        using var turn = await turns.TakeAsync(target.Identity, cancellationToken);

        await context.ReportProgressAsync("analyzing", message: path, cancellationToken: cancellationToken);
        var file = await sandbox.ReadAsync(context, path, options.Value.MaxWriteBytes, (stream, token) => TextFile.ReadAsync(stream, path, token), cancellationToken);
        var edits = recent.Of($"{context.Session}/{context.BatchId}", target.Identity);
        var (start, end) = (call.FindNumber("startLine")!.Value, call.FindNumber("endLine")!.Value);
        var first = Place(file.Text, edits, start, end, call.FindText("expected"));
        var edit = LineEdit.Apply(file.Text, first, first + end - start, call.GetText("content"));
        var content = file.Encode(path, edit.Text, call.GetText("content"));
        if (content.Length > options.Value.MaxWriteBytes)
        {
            throw FileToolException.TooLarge(path, content.Length, options.Value.MaxWriteBytes);
        }

        await context.ReportProgressAsync("writing", cancellationToken: cancellationToken);
        await target.ReplaceAsync(content, _ => ValueTask.CompletedTask, cancellationToken);
        edits.Add(start, end, edit.Inserted, LineHash.Of(file.Text), LineHash.Of(edit.Text));
        context.Counters.AddLines(edit.Inserted);
        await context.ReportProgressAsync("complete", 100, cancellationToken: cancellationToken);

        var result = JsonText.Object(json =>
        {
            json.WriteString("path", path);
            json.WriteNumber("removed", edit.Removed);
            json.WriteNumber("inserted", edit.Inserted);
            json.WriteNumber("startLine", first);
            json.WriteNumber("totalLines", SourceFacts.CountLines(edit.Text));
            FileDiff.Between(path, file.Text, edit.Text).Write(json);
        });
        return ToolResult.Success(result, $"{path}: {edit.Removed} lines out, {edit.Inserted} in");
    });

    /// <summary>Where the lines are now that the call means by its numbers.</summary>
    /// <exception cref="FileToolException">They are not what it expects, or nobody can say any more which it means.</exception>
    private static int Place(string text, BatchEdits edits, int start, int end, string? expected)
    {
        LineEdit.Check(SourceFacts.CountLines(text) - edits.Added, start, end);
        if (edits.MovedBy(start, end) is not { } moved)
        {
            throw Changed("another call of the same batch has replaced some of them", text, start, end);
        }

        var lines = LineEdit.Lines(text, start + moved, end + moved);
        if (expected is null)
        {
            return edits.IsLatest(text)
                ? start + moved
                : throw Changed("something else has changed the file since the batch's last replacement", text, start + moved, end + moved);
        }

        var matches = LineHash.Matches(lines, expected) || (LineHash.IsHash(expected) && expected == edits.HashBefore(text));
        return matches ? start + moved : throw Changed("they are not what was expected", text, start + moved, end + moved);
    }

    private static FileToolException Changed(string why, string text, int start, int end)
    {
        var lines = LineEdit.Lines(text, start, end);
        var shown = lines.Length <= MaxShown ? lines : lines[..(char.IsHighSurrogate(lines[MaxShown - 1]) ? MaxShown - 1 : MaxShown)] + "…";
        return new(new("lines_changed", $"Nothing was replaced: {why}. Lines {start} to {end} are now:\n{shown}"));
    }
}
