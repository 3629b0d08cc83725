using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>/v1/jobs/{id}</c>: status, events and cancel of a batch that was started by HTTP or otherwise.</summary>
internal sealed class JobEndpoints(HttpCommands commands, SessionCalls calls, SessionOpener opener, EventStreams streams)
{
    private static Rejection Missing => new(ErrorCode.NotFound, "There is no such job.");

    /// <summary>The batch as in the view, with its executions.</summary>
    public async Task GetAsync(HttpContext context, string id)
    {
        var found = await FindAsync(context, id);
        var read = found.Error is { } refusal ? new(null, refusal) : await calls.GetBatchAsync(Identity.Of(context), found.Value.Session, found.Value.Batch, context.RequestAborted);
        if (read.Value is not { } snapshot)
        {
            await HttpErrors.WriteAsync(context, read.Error!.Code == ErrorCode.NotFound ? Missing : read.Error);
            return;
        }

        using var document = JsonDocument.Parse(snapshot.View);
        var (batch, executions) = (document.RootElement.GetProperty("batches").GetProperty(found.Value.Batch), document.RootElement.GetProperty("executions"));
        var webhook = batch.TryGetProperty("job", out var told) && told.TryGetProperty("webhook", out _)
            ? await calls.GetWebhookAsync(Identity.Of(context), found.Value.Session, found.Value.Batch, context.RequestAborted)
            : new(null, null);
        await HttpJson.WriteAsync(context, writer =>
        {
            Write(writer, found.Value, batch, executions);
            if (webhook.Value is not { } delivery) return;
            writer.WritePropertyName("webhook");
            JsonSerializer.Serialize(writer, delivery, WireJsonContext.Default.WebhookDelivery);
        });
    }

    /// <summary>
    /// The events of the batch until its end, from the beginning or after <c>Last-Event-ID</c>. A position that can't be served counts as none: what the job ended
    /// with may lie before the head.
    /// </summary>
    public async Task StreamAsync(HttpContext context, string id)
    {
        var identity = Identity.Of(context);
        var found = await FindAsync(context, id);
        if (!EventPosition.TryRead(context.Request, out var from)) found = new(default, EventPosition.Malformed);
        if (from == OpenFrom.Snapshot) from = OpenFrom.Start;
        var opened = found.Error is { } refusal ? new(null, refusal) : await opener.OpenAsync(identity, found.Value.Session, from, context.RequestAborted);
        if (opened.Value is { View: not null }) opened = await opener.OpenAsync(identity, found.Value.Session, OpenFrom.Start, context.RequestAborted);
        if (opened.Value is not { } opening)
        {
            await HttpErrors.WriteAsync(context, opened.Error!);
            return;
        }

        var job = found.Value;
        await streams.RunAsync(
            context, identity.Key(job.Session), opening, @event => EventHead.BatchOf(@event.Json.Span) == job.Batch, @event => ExecuteEndpoint.IsEnd(@event, job.Batch) ? @event.Type["batch.".Length..] : null);
    }

    /// <summary>Cancels the batch.</summary>
    public async Task CancelAsync(HttpContext context, string id)
    {
        var found = await FindAsync(context, id);
        var key = RequestBody.CommandId(context);
        var refusal = found.Error ?? (key is null ? RequestBody.UnusableKey : null);
        var reply = refusal is not null ? new(default, refusal) : await commands.ExecuteAsync(context, found.Value.Session, key!, new CancelBatch(found.Value.Batch));
        await HttpJson.WriteReplyAsync(context, reply);
    }

    private async Task<SessionReply<JobId>> FindAsync(HttpContext context, string id)
    {
        if (!JobId.TryParse(id, out var job)) return new(default, Missing);
        var header = await opener.FindAsync(Identity.Of(context), job.Session, context.RequestAborted);
        return header.Error is { } refusal ? new(default, refusal.Code == ErrorCode.NotFound ? Missing : refusal) : new(job, null);
    }

    private static void Write(Utf8JsonWriter writer, JobId job, JsonElement batch, JsonElement executions)
    {
        writer.WriteString("jobId", job.ToString());
        writer.WriteString("session", job.Session);
        writer.WriteString("batchId", job.Batch);
        foreach (var member in batch.EnumerateObject().Where(member => member.Name != "executions")) member.WriteTo(writer);
        writer.WriteStartObject("executions");
        foreach (var execution in batch.GetProperty("executions").EnumerateArray().Select(execution => execution.GetString()!))
        {
            if (!executions.TryGetProperty(execution, out var view)) continue;
            writer.WritePropertyName(execution);
            view.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
