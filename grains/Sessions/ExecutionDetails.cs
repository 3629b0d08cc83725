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
        var streams = new Dictionary<OutputStream, StreamText>();
        var after = execution.StartedSeq;
        // Of what keeps its newest bytes only there may be too many.
        while (execution.StartedSeq > 0 && execution.Plan.Output is not { First: 0 })
        {
            var page = await log.ReadAsync(session, after, Page);
            if (page.Entries.IsEmpty) break;
            foreach (var entry in page.Entries)
            {
                if (entry.Event.Type != "tool.output" || entry.Event.Target != execution.Id) continue;
                if (SessionEncoding.Decode(entry).Event is not ToolOutput output || output.Attempt != execution.Attempt || output.Stream == OutputStream.Terminal) continue;
                if (!streams.TryGetValue(output.Stream, out var text)) streams[output.Stream] = text = new();
                text.Append(output);
            }

            after = page.Entries[^1].Event.Seq;
        }

        var shown = new OutputView(
            Whole(streams, OutputStream.Stdout, execution.Stdout),
            Whole(streams, OutputStream.Stderr, execution.Stderr),
            Whole(streams, OutputStream.Result, execution.ResultStream),
            execution.TerminalStream?.ToView());
        var view = SessionViews.Whole(execution, shown);
        var element = JsonSerializer.SerializeToElement(view, WireJsonContext.Default.ExecutionView);
        return JsonText.Object(writer =>
        {
            writer.WriteString("executionId", execution.Id);
            foreach (var member in element.EnumerateObject()) member.WriteTo(writer);
        });
    }

    private static StreamView? Whole(Dictionary<OutputStream, StreamText> streams, OutputStream stream, OutputTail? tail) =>
        streams.TryGetValue(stream, out var text) ? text.ToView() : tail?.ToView();
}
