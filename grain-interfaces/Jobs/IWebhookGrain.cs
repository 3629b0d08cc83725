using System.Text.Json.Serialization;

namespace ToolRuntime.Jobs;

/// <summary>
/// Tells one address of one job's end, again and again until it is taken or given up; key as a batch's, <c>tenant/session/batch</c>. What it keeps goes by itself:
/// the message with the delivery's end, how that ended at <see cref="WebhookMessage.KnownUntil"/>.
/// </summary>
[Alias("toolruntime.IWebhookGrain")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Takes over the delivery; returns once that is kept. Repeating it delivers nothing twice.</summary>
    [Alias("Deliver"), ResponseTimeout("00:00:05")]
    Task DeliverAsync(WebhookMessage message);

    /// <summary>How far it is; null where nothing is known of one.</summary>
    [Alias("Get"), ResponseTimeout("00:00:05")]
    Task<WebhookDelivery?> GetAsync();
}

/// <summary>What is to be told, and to whom.</summary>
/// <param name="Request">The address, and which secret signs.</param>
/// <param name="Body">The JSON that is sent.</param>
/// <param name="KnownUntil">Until then it may be told or asked about again; absent: no longer than it takes.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.WebhookMessage")]
public sealed record WebhookMessage(WebhookRequest Request, string Body, DateTimeOffset? KnownUntil = null);

/// <summary>How far a delivery is.</summary>
/// <param name="State">Whether it is taken, given up or still tried.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="LastAt">When the last one ended.</param>
/// <param name="LastStatus">The status that it was answered with.</param>
/// <param name="LastError">Why it was no success.</param>
/// <param name="NextAt">When the next one is.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.WebhookDelivery")]
public sealed record WebhookDelivery(
    WebhookState State, int Attempts, DateTimeOffset? LastAt = null, int? LastStatus = null, string? LastError = null, DateTimeOffset? NextAt = null);

/// <summary>States of a delivery.</summary>
[GenerateSerializer, Alias("toolruntime.WebhookState")]
[JsonConverter(typeof(WireEnumConverter<WebhookState>))]
public enum WebhookState
{
    /// <summary>To be tried, or tried again.</summary>
    Pending,

    /// <summary>Answered with a status of success. Final.</summary>
    Delivered,

    /// <summary>Refused for good, or too often. Final.</summary>
    GivenUp,
}
