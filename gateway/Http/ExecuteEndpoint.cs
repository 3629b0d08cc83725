using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>POST /v1/tools/execute</c>: one tool as a batch of its own; waits for its end unless asked not to.</summary>
internal sealed class ExecuteEndpoint(HttpCommands commands, SessionCalls calls, SessionTails tails, GatewayDrain drain, ConnectionOptions limits)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task ExecuteAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var body = await RequestBody.ReadAsync(context, limits);
        var id = RequestBody.CommandId(context);
        var problem = "";
        var wanted = body.Value is { } json ? ToolExecution.TryRead(json, out problem) : null;
        var refusal = body.Error ?? (id is null ? RequestBody.UnusableKey : wanted is null ? new(ErrorCode.InvalidCommand, problem) : null);
        if (refusal is not null)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        var session = wanted!.Session ?? JobId.SessionFor(identity, id!);
        var started = await commands.ExecuteAsync(context, session, id!, wanted.Command);
        if (started.Error is { } refused)
        {
            await HttpErrors.WriteAsync(context, refused);
            return;
        }

        var answer = started.Value.ToElement();
        var job = new JobId(session, answer.GetProperty("batchId").GetString()!);
        if (wanted.Wait) await WaitAsync(context, identity, job, answer);
        else await AcceptAsync(context, job);
    }

    /// <summary>Whether an event ends the batch.</summary>
    public static bool IsEnd(EncodedEvent @event, string batchId) =>
        @event.Target == batchId && @event.Type is "batch.completed" or "batch.failed" or "batch.timeout" or "batch.cancelled";

    private static Task AcceptAsync(HttpContext context, JobId job)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = $"/v1/jobs/{job}";
        return HttpJson.WriteAsync(context, writer => writer.WriteString("jobId", job.ToString()));
    }

    private async Task WaitAsync(HttpContext context, Identity identity, JobId job, JsonElement started)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Leaving);
        if (await EndedAsync(identity.Key(job.Session), job.Batch, started.GetProperty("seq").GetInt64(), either.Token) is { } failure)
        {
            await HttpErrors.WriteAsync(context, failure);
            return;
        }

        var executionId = started.GetProperty("executionIds")[0].GetString()!;
        var details = await calls.GetExecutionAsync(identity, job.Session, executionId, context.RequestAborted);
        if (details.Error is null && RetryAfter(details.Value.ToElement()) is { } seconds) context.Response.Headers.RetryAfter = seconds;
        await (details.Error is { } refusal ? HttpErrors.WriteAsync(context, refusal) : HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteString("jobId", job.ToString());
            foreach (var member in details.Value.ToElement().EnumerateObject()) member.WriteTo(writer);
        }));
    }

    /// <summary>When a failed call has a chance again, where that is known.</summary>
    private static string? RetryAfter(JsonElement execution) =>
        execution.TryGetProperty("error", out var error) && error.TryGetProperty("retryAfterMs", out var wait)
            ? Math.Max(1, (wait.GetInt64() + 999) / 1_000).ToString(CultureInfo.InvariantCulture)
            : null;

    private async Task<Rejection?> EndedAsync(SessionKey key, string batchId, long first, CancellationToken cancellationToken)
    {
        var opened = await tails.OpenAtAsync(key, first, cancellationToken);
        if (opened.Value is not { } tail) return opened.Error;
        await using (tail)
        {
            while (await tail.NextAsync(Patience, cancellationToken) is var outcome)
            {
                if (outcome == ReadOutcome.Lost) break;
                if (outcome == ReadOutcome.Frame && tail.Frame.Events.Any(@event => IsEnd(@event, batchId))) return null;
            }
        }

        return new(ErrorCode.Unavailable, "The session's events can't be followed just now; ask for the job.", Retryable: true);
    }
}
