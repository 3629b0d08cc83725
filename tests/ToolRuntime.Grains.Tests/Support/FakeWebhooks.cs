using System.Collections.Concurrent;
using System.Threading.Channels;
using ToolRuntime.Jobs;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Receives webhooks, and answers as the test says: with success unless it says otherwise.</summary>
internal sealed class FakeWebhooks : IWebhookSender
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly Channel<Sent> sent = Channel.CreateUnbounded<Sent>();

    public ConcurrentQueue<WebhookAnswer> Answers { get; } = new();

    public async Task<Sent> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        return await sent.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>Whether nothing has come since.</summary>
    public bool IsSilent => !sent.Reader.TryPeek(out _);

    public Task<WebhookAnswer> PostAsync(Uri url, IReadOnlyDictionary<string, string> headers, string body, CancellationToken cancellationToken)
    {
        sent.Writer.TryWrite(new(url, headers, body));
        return Task.FromResult(Answers.TryDequeue(out var answer) ? answer : new(204));
    }

    internal sealed record Sent(Uri Url, IReadOnlyDictionary<string, string> Headers, string Body);
}
