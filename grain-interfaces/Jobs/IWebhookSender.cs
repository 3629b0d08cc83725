namespace ToolRuntime.Jobs;

/// <summary>Sends one signed message to an address of the public internet.</summary>
public interface IWebhookSender
{
    /// <summary>Posts the body; never throws for what the receiver or the network does. Redirects are answers like any other.</summary>
    Task<WebhookAnswer> PostAsync(Uri url, IReadOnlyDictionary<string, string> headers, string body, CancellationToken cancellationToken);
}

/// <summary>What came of it.</summary>
/// <param name="Status">The status of the answer; null where there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Refused">The address may not be reached at all.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
public sealed record WebhookAnswer(int? Status, string? Error = null, bool Refused = false, TimeSpan? RetryAfter = null);
