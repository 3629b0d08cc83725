using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>A receiver of webhooks on this machine, which answers with the status that the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<Received> received = Channel.CreateUnbounded<Received>();

    private WebhookReceiver(WebApplication app) => this.app = app;

    public int Status { get; set; } = 204;

    public Uri Url => new(new Uri(app.Urls.First()), "/hook");

    /// <summary>Whether nothing has come since.</summary>
    public bool IsSilent => !received.Reader.TryPeek(out _);

    public static async Task<WebhookReceiver> StartAsync()
    {
        var web = WebApplication.CreateSlimBuilder();
        web.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(web.Build());
        receiver.app.Run(receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public async Task<Received> NextAsync()
    {
        using var patience = new CancellationTokenSource(World.Patience);
        return await received.Reader.ReadAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        received.Writer.TryWrite(new(context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body));
        context.Response.StatusCode = Status;
    }

    internal sealed record Received(IReadOnlyDictionary<string, string> Headers, string Body);
}
