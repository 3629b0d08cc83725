using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Jobs;

/// <summary>Jobs, their list and the sessions that were made for one; section <c>ToolRuntime:Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>How long a session that was made for one job is kept after the last that happened in it. Default one day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Time between two looks for such sessions. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a job that has ended stays in the list; one whose session is deleted leaves it with that. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan ListFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Ended jobs of a tenant in the list, about; the oldest leave it first. Default 5,000.</summary>
    [Range(JobLists.Parts, 100_000)]
    public int ListAtMost { get; set; } = 5_000;

    /// <summary>How much later a job may begin; 1 s to 30 days, default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Jobs of one subject that may wait for their time; 1 to 100,000, default 200.</summary>
    [Range(1, 100_000)]
    public int MaxScheduledOfSubject { get; set; } = 200;

    /// <summary>Jobs of a tenant that may wait for their time; 1 to 100,000, default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxScheduledOfTenant { get; set; } = 2_000;
}
