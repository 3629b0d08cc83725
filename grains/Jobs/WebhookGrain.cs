using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;

namespace ToolRuntime.Jobs;

/// <summary>What is kept of a delivery.</summary>
[GenerateSerializer, Alias("toolruntime.WebhookStore")]
internal sealed class WebhookStore
{
    [Id(0)] public WebhookMessage? Message { get; set; }
    [Id(1)] public WebhookDelivery? Delivery { get; set; }

    /// <summary>When nobody can ask any more, nor tell it again; set with the end.</summary>
    [Id(3)] public DateTimeOffset? GoesAt { get; set; }
}

/// <summary>
/// Delivers one job's end: at once, then with growing waits, which a timer keeps, and a reminder where the timer is gone. An attempt whose outcome could not be kept is
/// made again; its receiver knows it by its <c>webhook-id</c>. With the end the message goes, and how it ended when it can't be asked for any more: the reminder, due then,
/// sees to it.
/// </summary>
[GrainType("webhook"), Reentrant]
internal sealed partial class WebhookGrain(
    [PersistentState("webhook", GrainStates.Storage)] IPersistentState<WebhookStore> store, IWebhookSender sender, IOptions<WebhookOptions> options, ToolMeter meter,
    TimeProvider time, ILogger<WebhookGrain> logger) : Grain, IWebhookGrain, IRemindable, IDisposable
{
    private const string Reminder = "deliver";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    /// <summary>Reminders that are due later are put off again.</summary>
    private static readonly TimeSpan LongestReminder = TimeSpan.FromDays(7);
    private readonly CancellationTokenSource leaving = new();
    private IGrainTimer? timer;
    private bool sending;

    private bool IsOpen => store.State.Delivery is { State: WebhookState.Pending };

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Schedule();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => leaving.CancelAsync();

    public void Dispose() => leaving.Dispose();

    public async Task DeliverAsync(WebhookMessage message)
    {
        // The reminder first: with a message there is one, whatever comes in between.
        if (store.State.Delivery is null) await RemindAsync(time.GetUtcNow());

        // Another call may have come while the reminder was registered.
        if (store.State.Delivery is null)
        {
            (store.State.Message, store.State.Delivery) = (message, new(WebhookState.Pending, 0, NextAt: time.GetUtcNow()));
            await KeepAsync();
        }

        Schedule();
    }

    public Task<WebhookDelivery?> GetAsync() => Task.FromResult(store.State.Delivery);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (IsOpen)
        {
            Schedule();
            return;
        }

        if (store.State.GoesAt is { } end && end > time.GetUtcNow())
        {
            await RemindAsync(end);
            return;
        }

        if (store.RecordExists) await store.ClearStateAsync();
        if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    /// <summary>The next tick a minute after what a timer does, unless that is within minutes anyway.</summary>
    private async Task RemindAsync(DateTimeOffset due)
    {
        var wait = due - time.GetUtcNow() + ReminderPeriod;
        await this.RegisterOrUpdateReminder(Reminder, wait < ReminderPeriod ? ReminderPeriod : wait < LongestReminder ? wait : LongestReminder, ReminderPeriod);
    }

    private void Schedule()
    {
        if (!IsOpen || sending) return;
        timer?.Dispose();
        var wait = (store.State.Delivery!.NextAt ?? time.GetUtcNow()) - time.GetUtcNow();
        timer = this.RegisterGrainTimer(
            static (grain, _) => grain.SendAsync(), this, new GrainTimerCreationOptions(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
    }

    private async Task SendAsync()
    {
        if (sending || store.State is not { Message: { } message, Delivery: { State: WebhookState.Pending } delivery }) return;
        sending = true;
        try
        {
            var answer = await PostAsync(message);
            if (leaving.IsCancellationRequested) return;
            store.State.Delivery = After(delivery, answer);
            if (!IsOpen) (store.State.Message, store.State.GoesAt) = (null, message.KnownUntil ?? time.GetUtcNow());
            Tell(message, store.State.Delivery);
            await KeepAsync();
        }
        finally
        {
            sending = false;
        }

        Schedule();
        if ((store.State.GoesAt ?? store.State.Delivery.NextAt) is { } next && next > time.GetUtcNow() + ReminderPeriod) await RemindAsync(next);
    }

    private async Task<WebhookAnswer> PostAsync(WebhookMessage message)
    {
        var key = this.GetPrimaryKeyString();
        if (options.Value.SecretOf(SessionKey.Parse(key).Tenant, message.Request.Key) is not { } secret) return new(null, "The server has no secret for it any more.");
        using var patience = new CancellationTokenSource(options.Value.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, leaving.Token);
        var headers = WebhookSignature.Headers(IdOf(key), time.GetUtcNow(), message.Body, secret);
        try
        {
            return await sender.PostAsync(new(message.Request.Url), headers, message.Body, either.Token);
        }
        catch (OperationCanceledException)
        {
            return new(null, $"No answer within {options.Value.Timeout.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>The same for every attempt, by which a receiver knows one that it has got already.</summary>
    private static string IdOf(string key) => $"msg_{key[(key.LastIndexOf('/') + 1)..]}";

    private WebhookDelivery After(WebhookDelivery before, WebhookAnswer answer)
    {
        var (attempts, now) = (before.Attempts + 1, time.GetUtcNow());
        var error = answer.Error ?? (answer.Status is >= 200 and < 300 ? null : $"The receiver answered {answer.Status}.");
        if (error is null) return new(WebhookState.Delivered, attempts, now, answer.Status);
        // 410 is the receiver's word for never again.
        if (answer.Refused || answer.Status == 410 || attempts >= options.Value.MaxAttempts) return new(WebhookState.GivenUp, attempts, now, answer.Status, error);
        var wait = options.Value.FirstWait * Math.Pow(4, Math.Min(attempts - 1, 20)) * (0.9 + (0.2 * Random.Shared.NextDouble()));
        if (answer.RetryAfter > wait) wait = answer.RetryAfter.Value;
        return new(WebhookState.Pending, attempts, now, answer.Status, error, now + (wait < options.Value.LongestWait ? wait : options.Value.LongestWait));
    }

    private void Tell(WebhookMessage message, WebhookDelivery delivery)
    {
        var outcome = delivery.State switch { WebhookState.Delivered => "delivered", WebhookState.GivenUp => "given_up", _ => "retry" };
        meter.WebhookAttempted(outcome);
        if (delivery.State == WebhookState.GivenUp) LogGivenUp(logger, this.GetPrimaryKeyString(), new Uri(message.Request.Url).Host, delivery.Attempts, delivery.LastError!);
    }

    private async Task KeepAsync()
    {
        try
        {
            await store.WriteStateAsync();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(1411, LogLevel.Warning, "The end of job {Job} was not told to {Host}, given up after {Attempts} attempts: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string job, string host, int attempts, string reason);
}
