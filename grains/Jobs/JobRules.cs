using Microsoft.Extensions.Options;
using ToolRuntime.Commands;

namespace ToolRuntime.Jobs;

/// <summary>What a batch may ask for as a job.</summary>
internal sealed class JobRules(IOptions<JobOptions> jobs, IOptions<WebhookOptions> webhooks)
{
    public const int MaxUrl = 2_048;

    /// <summary>What holds where nothing is configured.</summary>
    public static JobRules Usual { get; } = new(Options.Create(new JobOptions()), Options.Create(new WebhookOptions()));

    /// <summary>Why a job can't be as it is asked for; null where it can.</summary>
    public Rejection? Check(JobRequest asked, string tenant, DateTimeOffset now)
    {
        var most = jobs.Value.MaxDelay;
        if (asked is { DelayMs: not null, StartAt: not null }) return Invalid("job.delayMs and job.startAt exclude each other.");
        if (asked.DelayMs is { } delay && (delay < 1 || delay > most.TotalMilliseconds)) return Invalid($"job.delayMs must be 1 to {most.TotalMilliseconds:0}.");
        if (asked.StartAt - now > most) return Invalid($"job.startAt must be within {most.TotalMilliseconds:0} ms.");
        return asked.Webhook is { } webhook ? Check(webhook, tenant) : null;
    }

    /// <summary>What is shown of it; a start in the past is none.</summary>
    public static JobInfo InfoOf(JobRequest asked, DateTimeOffset now)
    {
        var start = asked.DelayMs is { } delay ? now.AddMilliseconds(delay) : asked.StartAt;
        return new(asked.Priority ?? JobPriority.Default, start > now ? start : null, asked.Webhook is null ? null : true);
    }

    private Rejection? Check(WebhookRequest webhook, string tenant)
    {
        var usable = webhook.Url.Length <= MaxUrl && Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) && url.UserInfo.Length == 0 && url.Host.Length > 0;
        if (!usable) return Invalid("job.webhook.url must be an absolute http or https address without a user's name.");
        if (webhook.Key is { } key && !EntityId.IsValid(key)) return Invalid("job.webhook.key is unusable.");
        if (webhooks.Value.SecretOf(tenant, webhook.Key) is not null) return null;
        return Invalid(webhook.Key is null ? "The server has no secret to sign the tenant's webhooks with." : $"The server has no secret '{webhook.Key}' of the tenant.");
    }

    private static Rejection Invalid(string message) => new(ErrorCode.InvalidCommand, message);
}
