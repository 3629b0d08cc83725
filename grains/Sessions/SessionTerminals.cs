using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tools;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// Who may do what to an execution's terminal. One window of one subject types, sends signals and says how large it is, until another takes it. What is typed is no event,
/// whatever the terminal does with it; its size, and who types, are.
/// </summary>
internal static class SessionTerminals
{
    private const int TryAgainMs = 100;

    /// <summary>Which execution a command is typed into, and in which window; null for any other command.</summary>
    public static (string ExecutionId, string? As)? TargetOf(SessionCommand command) => command switch
    {
        WriteInput c => (c.ExecutionId, c.As),
        ResizeTool c => (c.ExecutionId, c.As),
        SignalTool c => (c.ExecutionId, c.As),
        TakeTool c => (c.ExecutionId, c.As),
        _ => null,
    };

    /// <summary>Why it can't be done; null: it can.</summary>
    public static Rejection? Refuse(ExecutionState? execution, SessionCommand command, string subject, string? window)
    {
        if (execution is null) return new(ErrorCode.NotFound, "There is no such execution.");
        if (Fault(command, window) is { } fault) return new(ErrorCode.InvalidCommand, fault);
        if (execution.Terminal is not { } terminal) return command is WriteInput ? null : new(ErrorCode.Conflict, "The execution has no terminal.", Details: Reason("no_terminal"));
        if (command is WriteInput { End: true }) return new(ErrorCode.InvalidCommand, "A terminal's input has no end; its key is control and d (\\u0004).");
        if (execution.Status != ExecutionStatus.Executing)
        {
            return new(ErrorCode.Conflict, $"The execution is {JsonNamingPolicy.SnakeCaseLower.ConvertName(execution.Status.ToString())}.");
        }

        return command is TakeTool || terminal.By is null || (terminal.By == subject && terminal.As == window)
            ? null
            : new(ErrorCode.Conflict, terminal.By == subject ? "You type into this terminal in another window." : $"{terminal.By} types into this terminal.", Details: Reason("taken"));
    }

    /// <summary>Resizes or signals it; null if that was done.</summary>
    public static async Task<Rejection?> ControlAsync(IGrainFactory grains, SessionKey session, ExecutionState execution, SessionCommand command)
    {
        TerminalControl? control = command switch
        {
            ResizeTool c => new(Size: new(c.Cols, c.Rows)),
            SignalTool c => new(Signal: c.Signal),
            _ => null,
        };
        if (control is null) return null;
        return await grains.ReferenceTo<IToolExecutionGrain>(execution.KeyOf(session)).ControlAsync(execution.Attempt, control) switch
        {
            InputOutcome.Taken => null,
            InputOutcome.Unwanted => new(ErrorCode.Conflict, "Nothing runs in the terminal that a signal could be sent to."),
            _ => new(ErrorCode.Unavailable, "The tool is not running yet, or not any more.", Retryable: true, RetryAfterMs: TryAgainMs),
        };
    }

    private static string? Fault(SessionCommand command, string? window) => command switch
    {
        _ when window is not null && !EntityId.IsValid(window) => "as must be an id.",
        ResizeTool { Cols: var cols, Rows: var rows } when !new TerminalSize(cols, rows).IsPossible => $"cols and rows must be 1 to {TerminalSize.Most}.",
        SignalTool { Signal: var signal } when !TerminalSignals.Names.Contains(signal) => $"signal must be one of {string.Join(", ", TerminalSignals.Names)}.",
        _ => null,
    };

    private static JsonText Reason(string reason) => JsonText.Object(json => json.WriteString("reason", reason));
}
