using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>The calls of tools of a reply: their items, and whether all that go on wait for people.</summary>
internal sealed class ResponseCalls(string session)
{
    private readonly Dictionary<string, Call> open = new(StringComparer.Ordinal);

    /// <summary>Takes an event; into <paramref name="fold"/>, where the event is the response's. True where calls are open and all of them await approval.</summary>
    public bool Take(SessionEvent happened, ResponseFold? fold)
    {
        if (happened is BatchStarted batch)
        {
            foreach (var tool in batch.Tools) open[tool.ExecutionId] = new(tool);
        }

        if (happened.ExecutionId is not { } execution || !open.TryGetValue(execution, out var call)) return false;
        switch (happened)
        {
            case ToolApprovalRequired asked:
                (call.Waits, call.Asked) = (true, true);
                Ask(asked, fold);
                break;
            case ToolApproved:
                call.Waits = false;
                break;
            case ToolStarted when fold is not null:
                Item(call).Start(fold);
                break;
            case ToolOutput printed when fold is not null:
                call.Item?.Print(fold, printed);
                break;
            case ToolCompleted or ToolFailed or ToolTimedOut or ToolCancelled:
                open.Remove(execution);
                if (fold is not null) End(call, happened, fold);
                break;
        }

        return open.Count > 0 && open.Values.All(other => other.Waits);
    }

    private static void Ask(ToolApprovalRequired asked, ResponseFold? fold)
    {
        if (fold is null) return;
        var item = new ApprovalItem(asked);
        fold.Add(item);
        fold.Done(item);
    }

    /// <summary>What ends without having begun, as a denied call does, is in the output, too.</summary>
    private void End(Call call, SessionEvent end, ResponseFold fold)
    {
        if (call.Item is null) Item(call).Start(fold);
        call.Item!.End(fold, end);
    }

    private ICallItem Item(Call call) => call.Item ??= call.Tool switch
    {
        { Name: "shell", Terminal: null } => new ShellCallItem(call.Tool),
        { Name: "code" } => new CodeItem(call.Tool, session),
        _ => new ToolItem(call.Tool, call.Asked),
    };

    private sealed class Call(PlannedTool tool)
    {
        public PlannedTool Tool => tool;

        public ICallItem? Item { get; set; }

        public bool Waits { get; set; }

        public bool Asked { get; set; }
    }
}
