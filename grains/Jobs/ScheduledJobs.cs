using Microsoft.Extensions.Options;
using ToolRuntime.Commands;
using ToolRuntime.Hosting;
using ToolRuntime.Sessions;

namespace ToolRuntime.Jobs;

/// <summary>
/// Bounds the jobs that wait for their time. The tenant's lists count them; a job is in its list before its maker gets an answer, so that only what is asked for at
/// the same moment may pass a bound.
/// </summary>
internal sealed class ScheduledJobs(IGrainFactory grains, IOptions<JobOptions> options)
{
    /// <summary>Whether a command has a job wait.</summary>
    public static bool Has(SessionCommand command) => command is RunTools { Job: { DelayMs: not null } or { StartAt: not null } };

    /// <summary>Why there may be no more of them, if there may not.</summary>
    public async Task<Rejection?> RefuseAsync(SessionKey session, string subject)
    {
        var parts = await Task.WhenAll(JobLists.KeysOf(session.Tenant).Select(key => grains.ReferenceTo<IJobListGrain>(key).CountScheduledAsync(subject)));
        var (mine, all) = (parts.Sum(part => part.OfSubject), parts.Sum(part => part.OfTenant));
        var bounds = options.Value;
        if (mine >= bounds.MaxScheduledOfSubject) return Refusal("Your", mine, bounds.MaxScheduledOfSubject);
        return all >= bounds.MaxScheduledOfTenant ? Refusal("The tenant's", all, bounds.MaxScheduledOfTenant) : null;
    }

    private static Rejection Refusal(string whose, int waiting, int allowed) =>
        new(ErrorCode.QuotaExceeded, $"{whose} jobs that wait for their time are {waiting}; {allowed} are allowed.");
}
