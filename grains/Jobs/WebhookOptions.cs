using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Jobs;

/// <summary>Webhooks of jobs; section <c>ToolRuntime:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// What signs, by tenant, and by <c>tenant/key</c> for jobs that name a key; <c>default</c> for tenants that have none. Each is <c>whsec_</c> and the secret in
    /// base64, 24 to 64 bytes. Without one a job may have no webhook.
    /// </summary>
    public IDictionary<string, string> Secrets { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Hosts, as <c>host</c> or <c>host:port</c>, that may be told though their addresses are not public. Default none.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>How long one attempt may take. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The wait before the second attempt; each further one is four times as long, up to <see cref="LongestWait"/>. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two attempts. Default 6 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Attempts until a delivery is given up; with the default waits the tenth is after about 20 hours. Default 10.</summary>
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The secret for a tenant's webhooks, or null.</summary>
    internal string? SecretOf(string tenant, string? key) =>
        key is not null ? Secrets.TryGetValue($"{tenant}/{key}", out var named) ? named : null
        : Secrets.TryGetValue(tenant, out var own) ? own
        : Secrets.TryGetValue("default", out var any) ? any : null;

    /// <summary>Whether all secrets are as they should be.</summary>
    internal bool AreSecretsUsable => Secrets.Values.All(secret => WebhookSignature.TryReadSecret(secret, out _));
}
