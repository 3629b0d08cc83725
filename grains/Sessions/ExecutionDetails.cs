using System.Text;
using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>An execution as in the view, but with all of its logged output instead of the last 64 KB.</summary>
internal static class ExecutionDetails
{
    private static readonly LogReadLimits Page = new(1_000, 1 << 20);

    public static async Task<JsonText> ReadAsync(ISessionLog log, SessionKey session, ExecutionState execution)
    {
        var streams = new Dictionary<OutputStream, StringBuilder>();
        var after = execution.StartedSeq;
        while (execution.StartedSeq > 0)
        {
            var page = await log.ReadAsync(session, after, Page);
            if (page.Entries.IsEmpty) break;
            foreach (var entry in page.Entries)
            {
                if (entry.Event.Type != "tool.output" || entry.Event.Target != execution.Id) continue;
                if (SessionEncoding.Decode(entry).Event is ToolOutput output && output.Attempt == execution.Attempt) Append(streams, output);
            }

            after = page.Entries[^1].Event.Seq;
        }

        var shown = new OutputView(
            Whole(streams, OutputStream.Stdout, execution.Stdout), Whole(streams, OutputStream.Stderr, execution.Stderr), Whole(streams, OutputStream.Result, execution.ResultStream));
        var view = SessionViews.Whole(execution, shown);
        var element = JsonSerializer.SerializeToElement(view, WireJsonContext.Default.ExecutionView);
        return JsonText.Object(writer =>
        {
            writer.WriteString("executionId", execution.Id);
            foreach (var member in element.EnumerateObject()) member.WriteTo(writer);
        });
    }

    private static void Append(Dictionary<OutputStream, StringBuilder> streams, ToolOutput output)
    {
        if (!streams.TryGetValue(output.Stream, out var text)) streams[output.Stream] = text = new();
        text.Append(output.Base64 is { } base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(base64)) : output.Text);
    }

    private static StreamView? Whole(Dictionary<OutputStream, StringBuilder> streams, OutputStream stream, OutputTail? tail) =>
        streams.TryGetValue(stream, out var text) ? new(text.ToString(), 0, tail is { Dropped: > 0 } ? tail.Dropped : null) : tail?.ToView();
}
