using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using ToolRuntime.Hosting;
using ToolRuntime.Sessions;

namespace ToolRuntime.Jobs;

/// <summary>What is kept of a part of a tenant's list.</summary>
[GenerateSerializer, Alias("toolruntime.JobListStore")]
internal sealed class JobListStore
{
    [Id(0)] public List<JobEntry> Jobs { get; set; } = [];
}

/// <summary>A part of a tenant's list of jobs. What comes while it is being written is written together.</summary>
[GrainType("job-list"), Reentrant]
internal sealed class JobListGrain(
    [PersistentState("jobs", GrainStates.Storage)] IPersistentState<JobListStore> store, IOptions<JobOptions> options, TimeProvider time) : Grain, IJobListGrain
{
    private readonly Dictionary<string, JobEntry> jobs = new(StringComparer.Ordinal);
    private Task writing = Task.CompletedTask;
    private Task? next;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var job in store.State.Jobs) jobs[job.Batch] = job;
        return Task.CompletedTask;
    }

    public Task UpdateAsync(JobEntry job)
    {
        if (jobs.TryGetValue(job.Batch, out var known) && known.Version >= job.Version) return next ?? writing;
        jobs[job.Batch] = job;
        return WriteAsync();
    }

    public Task ShareAsync(string session, ImmutableArray<string> members)
    {
        var changed = Array.FindAll(Of(session), job => !job.Members.SequenceEqual(members));
        foreach (var job in changed) jobs[job.Batch] = job with { Members = members };
        return changed.Length == 0 ? next ?? writing : WriteAsync();
    }

    public Task RemoveAsync(string session)
    {
        var gone = Of(session);
        foreach (var job in gone) jobs.Remove(job.Batch);
        return gone.Length == 0 ? Task.CompletedTask : WriteAsync();
    }

    public Task<ImmutableArray<JobEntry>> ListAsync(JobQuery query)
    {
        Evict();
        return Task.FromResult<ImmutableArray<JobEntry>>(
        [
            .. jobs.Values.Where(job => Fits(job, query)).OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Batch, StringComparer.Ordinal).Take(Math.Max(query.Limit, 0)),
        ]);
    }

    public Task<ScheduledCount> CountScheduledAsync(string subject)
    {
        var waiting = jobs.Values.Where(job => job.State == JobState.Scheduled).ToArray();
        return Task.FromResult(new ScheduledCount(waiting.Count(job => job.By == subject), waiting.Length));
    }

    private static bool Fits(JobEntry job, JobQuery query) =>
        (query.Subject is not { } subject || job.Owner == subject || job.Members.Contains(subject))
        && (query.States.IsDefaultOrEmpty || query.States.Contains(job.State))
        && (query.Tool is not { } tool || job.Tools.Contains(tool))
        && (query.After is not { } after || JobPlace.Of(job).IsBehind(after));

    private JobEntry[] Of(string session) => [.. jobs.Values.Where(job => job.Session == session)];

    /// <summary>Ended ones that are too old or too many.</summary>
    private void Evict()
    {
        var oldest = time.GetUtcNow() - options.Value.ListFor;
        var ended = jobs.Values.Where(job => job.EndedAt is not null).OrderByDescending(job => job.EndedAt).ToArray();
        var most = Math.Max(1, options.Value.ListAtMost / JobLists.Parts);
        for (var i = 0; i < ended.Length; i++)
        {
            if (i >= most || ended[i].EndedAt < oldest) jobs.Remove(ended[i].Batch);
        }
    }

    private Task WriteAsync()
    {
        if (!writing.IsCompleted) return next ??= AfterAsync(writing);
        return writing = NowAsync();
    }

    private async Task AfterAsync(Task earlier)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        next = null;
        await (writing = NowAsync());
    }

    private async Task NowAsync()
    {
        Evict();
        store.State.Jobs = [.. jobs.Values];
        try
        {
            await store.WriteStateAsync();
        }
        catch
        {
            // It may have been written or not: only the next activation knows, and who told it tells it again.
            DeactivateOnIdle();
            throw;
        }
    }
}
