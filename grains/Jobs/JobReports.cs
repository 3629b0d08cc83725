using System.Collections.Immutable;
using System.Text.Json;
using ToolRuntime.Batches;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Jobs;

/// <summary>A job's end as the list and its webhook get it; kept with the session until both have it.</summary>
internal sealed record JobReport(JobEntry Entry, WebhookMessage? Webhook);

/// <summary>What is told of jobs. Pure.</summary>
internal static class JobReports
{
    private const int MaxTools = 10;
    private const int MaxExecutions = 100;
    private const int MaxText = 500;

    /// <summary>A job as lists show it. Owner and members are the session's to add.</summary>
    public static JobEntry EntryOf(BatchState batch, Func<string, ExecutionState?> execution, SessionKey session, string owner, ImmutableArray<string> members, long version) => new(
        session.Session,
        batch.Id,
        version,
        StateOf(batch),
        [.. batch.Executions.Select(id => execution(id)?.Name).OfType<string>().Distinct().Take(MaxTools)],
        batch.Executions.Length,
        batch.Job!,
        batch.StartedAt,
        batch.BeganAt,
        batch.EndedAt,
        batch.By ?? "",
        owner,
        members,
        batch.Status is BatchStatus.Failed or BatchStatus.TimedOut ? batch.Executions.Select(id => execution(id)?.Error?.Code).FirstOrDefault(code => code is not null) : null);

    public static JobState StateOf(BatchState batch) => batch.Status switch
    {
        BatchStatus.Completed => JobState.Completed,
        BatchStatus.Failed => JobState.Failed,
        BatchStatus.TimedOut => JobState.TimedOut,
        BatchStatus.Cancelled => JobState.Cancelled,
        BatchStatus.Paused => batch.Scheduled ? JobState.Scheduled : JobState.Paused,
        _ when batch.Counts.WaitForPeople => JobState.AwaitingApproval,
        _ => batch.BeganAt is null ? JobState.Queued : JobState.Running,
    };

    /// <summary>The report of a job that has just ended.</summary>
    public static JobReport ReportOf(BatchState batch, Func<string, ExecutionState?> execution, long version)
    {
        // The fold knows no names; who reports adds them.
        var entry = EntryOf(batch, execution, new("", ""), "", [], version);
        return new(entry, batch.Webhook is { } webhook ? new(webhook, Body(batch, execution)) : null);
    }

    /// <summary>
    /// The data of the message, in the shape of Standard Webhooks; <c>jobId</c> and <c>session</c> are added by who sends it. Results are not in it: whoever gets it may
    /// ask for the job.
    /// </summary>
    private static string Body(BatchState batch, Func<string, ExecutionState?> execution) => JsonText.Object(json =>
    {
        json.WriteString("batchId", batch.Id);
        json.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(batch.Status.ToString()));
        json.WriteString("createdAt", batch.StartedAt.UtcDateTime);
        if (batch.BeganAt is { } began) json.WriteString("startedAt", began.UtcDateTime);
        if (batch.EndedAt is { } ended) json.WriteString("endedAt", ended.UtcDateTime);
        json.WriteNumber("total", batch.Counts.Total);
        json.WriteNumber("completed", batch.Counts.Completed);
        json.WriteNumber("failed", batch.Counts.Unsuccessful);
        json.WriteStartArray("executions");
        foreach (var one in batch.Executions.Take(MaxExecutions).Select(execution).OfType<ExecutionState>()) Write(json, one);
        json.WriteEndArray();
    }).Json;

    private static void Write(Utf8JsonWriter json, ExecutionState one)
    {
        json.WriteStartObject();
        json.WriteString("executionId", one.Id);
        json.WriteString("tool", one.Name);
        json.WriteString("state", JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Status.ToString()));
        json.WriteNumber("attempt", one.Attempt);
        if (one.ElapsedMs is { } elapsed) json.WriteNumber("elapsedMs", elapsed);
        if (one.Summary is { } summary) json.WriteString("summary", Cut(summary));
        if (one.Error is { } error)
        {
            json.WriteStartObject("error");
            json.WriteString("code", error.Code);
            json.WriteString("message", Cut(error.Message));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];

    /// <summary>The whole message.</summary>
    public static WebhookMessage Complete(WebhookMessage message, JobEntry entry, SessionKey session)
    {
        var data = JsonDocument.Parse(message.Body).RootElement;
        return message with
        {
            Body = JsonText.Object(json =>
            {
                json.WriteString("type", $"job.{JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.State.ToString())}");
                json.WriteString("timestamp", (entry.EndedAt ?? entry.CreatedAt).UtcDateTime);
                json.WriteStartObject("data");
                json.WriteString("jobId", $"{session.Session}:{entry.Batch}");
                json.WriteString("session", session.Session);
                foreach (var member in data.EnumerateObject()) member.WriteTo(json);
                json.WriteEndObject();
            }).Json,
        };
    }
}
