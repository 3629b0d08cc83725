using Microsoft.Extensions.Options;
using ToolRuntime.Sessions;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Repeats calls that failed for want of an answer. Every grain call may be repeated, so nothing is done twice.</summary>
internal sealed partial class CommandRetry(IOptions<CommandOptions> options, TimeProvider time, ILogger<CommandRetry> logger)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Runs <paramref name="attempt"/> until it gives a reply or the budget is used up; a failure becomes a refusal.</summary>
    public Task<SessionReply<T>> RunAsync<T>(Func<Task<SessionReply<T>>> attempt, CancellationToken cancellationToken) => RunAsync(attempt, null, null, cancellationToken);

    /// <summary>The same; the log tells which session it is about, and which trace it is part of.</summary>
    public async Task<SessionReply<T>> RunAsync<T>(Func<Task<SessionReply<T>>> attempt, SessionKey? about, string? traceparent, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var budget = TimeSpan.FromMilliseconds(options.Value.BudgetMs);
        for (var wait = TimeSpan.FromMilliseconds(options.Value.FirstRetryMs); ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await attempt();
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                using var scope = about is { } session ? LogScope.Begin(logger, session, traceparent) : null;
                if (!ErrorMapper.IsTransient(exception))
                {
                    LogFailed(exception);
                    return new(default, ErrorMapper.ToRejection(exception));
                }

                if (time.GetElapsedTime(began) + wait >= budget)
                {
                    LogGaveUp(exception);
                    return new(default, ErrorMapper.ToRejection(exception));
                }

                LogRepeated(exception);
            }

            await Task.Delay(wait * (0.5 + (0.5 * Random.Shared.NextDouble())), time, cancellationToken);
        }
    }
}
