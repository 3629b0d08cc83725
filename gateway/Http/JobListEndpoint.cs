using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Jobs;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/jobs?state=&amp;tool=&amp;after=&amp;limit=</c>: the jobs that the caller may read, the newest first; <c>next</c>, where there are more, is the next
/// page's <c>after</c>. How far those are that run, their sessions say.
/// </summary>
internal sealed class JobListEndpoint(IClusterClient cluster, CommandRetry retry, SessionCalls calls, TimeProvider time)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    /// <summary>Sessions that are asked at a time.</summary>
    private const int AtATime = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task ListAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var asked = Read(context.Request, identity);
        var read = asked.Value is { } query ? await retry.RunAsync(() => ReadAsync(identity.Tenant, query), context.RequestAborted) : new(default, asked.Error);
        if (read.Error is { } refusal)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        var limit = asked.Value!.Limit - 1;
        var page = read.Value.Take(limit).ToArray();
        var shares = await SharesAsync(identity, page, context.RequestAborted);
        await HttpJson.WriteAsync(context, writer =>
        {
            if (read.Value.Length > limit) writer.WriteString("next", PlaceOf(page[^1]));
            writer.WriteStartArray("jobs");
            foreach (var job in page) Write(writer, job, shares);
            writer.WriteEndArray();
        });
    }

    /// <summary>One more than asked for, which says that there are more.</summary>
    private static SessionReply<JobQuery> Read(HttpRequest request, Identity identity)
    {
        if (!HttpQuery.TryReadLimit(request, DefaultLimit, MaxLimit, out var limit)) return new(null, HttpQuery.BadLimit(MaxLimit));
        var states = ImmutableArray.CreateBuilder<JobState>();
        foreach (var name in request.Query["state"].SelectMany(text => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!JobNames.TryRead(name, out var state)) return new(null, new(ErrorCode.InvalidCommand, $"state is none of {string.Join(", ", JobNames.All)}."));
            states.Add(state);
        }

        JobPlace? after = null;
        if (request.Query["after"].FirstOrDefault() is { } text && (after = PlaceOf(text)) is null) return new(null, new(ErrorCode.InvalidCommand, "after is no page's next."));
        var tool = request.Query["tool"].FirstOrDefault();
        return new(new(identity.AllSessions ? null : identity.Subject, states.ToImmutable(), string.IsNullOrEmpty(tool) ? null : tool, after, limit + 1), null);
    }

    private async Task<SessionReply<ImmutableArray<JobEntry>>> ReadAsync(string tenant, JobQuery query)
    {
        var parts = await Task.WhenAll(JobLists.KeysOf(tenant).Select(key => cluster.GetGrain<IJobListGrain>(key).ListAsync(query)));
        return new(
            [.. parts.SelectMany(part => part).OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Batch, StringComparer.Ordinal).Take(query.Limit)], null);
    }

    /// <summary>The percent of the jobs of a page that run, as far as anything says so.</summary>
    private async Task<IReadOnlyDictionary<string, double>> SharesAsync(Identity identity, JobEntry[] page, CancellationToken cancellationToken)
    {
        var shares = new ConcurrentDictionary<string, double>(StringComparer.Ordinal);
        var running = page.Where(job => job.State is JobState.Running or JobState.Queued);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = patience.Token };
        try
        {
            await Parallel.ForEachAsync(running, bounds, async (job, stop) =>
            {
                var read = await calls.GetBatchAsync(identity, job.Session, job.Batch, stop);
                if (read.Value is not { } snapshot) return;
                using var view = JsonDocument.Parse(snapshot.View);
                if (!view.RootElement.GetProperty("batches").TryGetProperty(job.Batch, out var batch)) return;
                if (batch.TryGetProperty("progress", out var progress) && progress.TryGetProperty("percent", out var percent)) shares[job.Batch] = percent.GetDouble();
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The list goes without the percents of sessions that don't answer now.
        }

        return shares;
    }

    private static string PlaceOf(JobEntry job) => string.Create(CultureInfo.InvariantCulture, $"{job.CreatedAt.ToUnixTimeMilliseconds()}:{job.Batch}");

    private static JobPlace? PlaceOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var usable = colon > 0 && EntityId.IsValid(text[(colon + 1)..]) && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return usable ? new(DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture)), text[(colon + 1)..]) : null;
    }

    private void Write(Utf8JsonWriter writer, JobEntry job, IReadOnlyDictionary<string, double> shares)
    {
        writer.WriteStartObject();
        writer.WriteString("jobId", new JobId(job.Session, job.Batch).ToString());
        writer.WriteString("session", job.Session);
        writer.WriteString("batchId", job.Batch);
        writer.WriteString("state", JobNames.Of(job.State));
        writer.WriteStartArray("tools");
        foreach (var tool in job.Tools) writer.WriteStringValue(tool);
        writer.WriteEndArray();
        writer.WriteNumber("total", job.Total);
        writer.WriteString("priority", JobNames.Of(job.Info.Priority));
        writer.WriteString("by", job.By);
        WriteTime(writer, "createdAt", job.CreatedAt);
        WriteTime(writer, "notBefore", job.Info.NotBefore);
        WriteTime(writer, "startedAt", job.StartedAt);
        WriteTime(writer, "endedAt", job.EndedAt);
        var now = time.GetUtcNow();
        writer.WriteNumber("waitedMs", Milliseconds(job.CreatedAt, job.StartedAt ?? job.EndedAt ?? now));
        if (job.StartedAt is { } started) writer.WriteNumber("ranMs", Milliseconds(started, job.EndedAt ?? now));
        if (shares.TryGetValue(job.Batch, out var percent)) writer.WriteNumber("percent", percent);
        if (job.Error is { } error) writer.WriteString("error", error);
        if (job.Info.Webhook == true) writer.WriteBoolean("webhook", true);
        writer.WriteEndObject();
    }

    private static long Milliseconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (long)(to - from).TotalMilliseconds);

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } at) writer.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }
}
