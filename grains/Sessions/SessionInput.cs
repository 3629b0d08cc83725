using System.Text;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Takes <c>tool.input</c> from the session to the execution that it is for. Nothing of it is an event, nor in the log.</summary>
internal static class SessionInput
{
    private const int TryAgainMs = 100;

    /// <summary>Null if it was typed, else why not.</summary>
    public static async Task<Rejection?> WriteAsync(
        IGrainFactory grains, SessionKey session, ExecutionState? execution, WriteInput command, string key, string hash)
    {
        if (execution is null) return new(ErrorCode.NotFound, "There is no such execution.");
        if (string.IsNullOrEmpty(command.Data) && string.IsNullOrEmpty(command.Base64) && command.End != true)
        {
            return new(ErrorCode.InvalidCommand, "There is neither data nor end.");
        }

        if (BytesOf(command) is not { } bytes) return new(ErrorCode.InvalidCommand, "base64 is none.");
        if (bytes.Length > InputBuffer.MaxBytes)
        {
            return new(ErrorCode.TooLarge, $"Input goes in parts of at most {InputBuffer.MaxBytes} bytes.");
        }

        if (execution.Status != ExecutionStatus.Executing)
        {
            return new(ErrorCode.Conflict, $"The execution is {JsonNamingPolicy.SnakeCaseLower.ConvertName(execution.Status.ToString())}.");
        }

        if (!execution.Input) return Unwanted;
        var write = new InputWrite(key, hash, bytes, command.End == true);
        return await grains.ReferenceTo<IToolExecutionGrain>(execution.KeyOf(session)).WriteInputAsync(execution.Attempt, write) switch
        {
            InputOutcome.Taken => null,
            InputOutcome.Full => new(
                ErrorCode.RateLimited, "The tool has not read what was typed before.", Retryable: true, RetryAfterMs: TryAgainMs),
            InputOutcome.Ended => new(ErrorCode.Conflict, "The input was closed."),
            InputOutcome.OtherContent => OtherContent,
            InputOutcome.Unwanted => Unwanted,
            _ => new(ErrorCode.Unavailable, "The tool is not running yet, or not any more.", Retryable: true, RetryAfterMs: TryAgainMs),
        };
    }

    /// <summary>The id was used for something else.</summary>
    public static Rejection OtherContent { get; } = new(ErrorCode.Conflict, "The id was used for another command.");

    private static byte[]? BytesOf(WriteInput command)
    {
        var text = Encoding.UTF8.GetBytes(command.Data ?? "");
        if (string.IsNullOrEmpty(command.Base64)) return text;
        var bytes = new byte[command.Base64.Length];
        return Convert.TryFromBase64String(command.Base64, bytes, out var count) ? [.. text, .. bytes.AsSpan(0, count)] : null;
    }

    private static Rejection Unwanted => new(ErrorCode.Conflict, "The tool reads no input.");
}
