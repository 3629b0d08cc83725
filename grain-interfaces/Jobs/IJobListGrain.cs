using System.Collections.Immutable;

namespace ToolRuntime.Jobs;

/// <summary>
/// A part of a tenant's list of jobs (<see cref="JobLists"/>): those of some of its sessions. What it says of an open job may lag behind the session, which tells
/// it again whenever it begins; of an ended one it is final. Every method may be repeated.
/// </summary>
[Alias("toolruntime.IJobListGrain")]
public interface IJobListGrain : IGrainWithStringKey
{
    /// <summary>A job as it is now; an older version changes nothing. Returns once it is kept.</summary>
    [Alias("Update"), ResponseTimeout("00:00:05")]
    Task UpdateAsync(JobEntry job);

    /// <summary>Who may read the session's jobs from now on.</summary>
    [Alias("Share"), ResponseTimeout("00:00:05")]
    Task ShareAsync(string session, ImmutableArray<string> members);

    /// <summary>The session is gone, its jobs too.</summary>
    [Alias("Remove"), ResponseTimeout("00:00:05")]
    Task RemoveAsync(string session);

    /// <summary>The newest jobs first.</summary>
    [Alias("List"), ResponseTimeout("00:00:05")]
    Task<ImmutableArray<JobEntry>> ListAsync(JobQuery query);

    /// <summary>How many jobs of this part wait for their time: those that a subject made, and all.</summary>
    [Alias("CountScheduled"), ResponseTimeout("00:00:05")]
    Task<ScheduledCount> CountScheduledAsync(string subject);
}

/// <summary>Jobs that wait for their time.</summary>
/// <param name="OfSubject">Those that one subject made.</param>
/// <param name="OfTenant">All of the tenant.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ScheduledCount")]
public readonly record struct ScheduledCount(int OfSubject, int OfTenant);

/// <summary>A job in a list.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Batch">Its batch.</param>
/// <param name="Version">The seq of the event that it is like this after.</param>
/// <param name="State">How it stands.</param>
/// <param name="Tools">Its tools, each once, at most ten.</param>
/// <param name="Total">Its executions.</param>
/// <param name="Info">Priority and start.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="StartedAt">When its first execution began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="By">Who made it.</param>
/// <param name="Owner">The session's owner.</param>
/// <param name="Members">Who may read it besides.</param>
/// <param name="Error">The first failure's code, of one that ended without success.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.JobEntry")]
public sealed record JobEntry(
    string Session,
    string Batch,
    long Version,
    JobState State,
    ImmutableArray<string> Tools,
    int Total,
    JobInfo Info,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    string By,
    string Owner,
    ImmutableArray<string> Members,
    string? Error = null);

/// <summary>Which jobs.</summary>
/// <param name="Subject">Those that this subject may read; null means all.</param>
/// <param name="States">In one of these states; empty means any.</param>
/// <param name="Tool">With this tool; null means any.</param>
/// <param name="After">Those behind this place.</param>
/// <param name="Limit">At most so many.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.JobQuery")]
public sealed record JobQuery(string? Subject, ImmutableArray<JobState> States, string? Tool, JobPlace? After, int Limit);

/// <summary>A place in the order of jobs: the newest first, of one time by their batch's id.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.JobPlace")]
public sealed record JobPlace(DateTimeOffset CreatedAt, string Batch)
{
    /// <summary>The place of a job.</summary>
    public static JobPlace Of(JobEntry job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new(job.CreatedAt, job.Batch);
    }

    /// <summary>Whether this comes later in the list.</summary>
    public bool IsBehind(JobPlace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CreatedAt != other.CreatedAt ? CreatedAt < other.CreatedAt : string.CompareOrdinal(Batch, other.Batch) > 0;
    }
}
