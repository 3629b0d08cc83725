using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Live;
using ToolRuntime.Gateway.Recordings;

namespace ToolRuntime.Gateway.Sharing;

/// <summary><c>/v1/shared/{token}</c>: what a link leads to, for whoever has it. Nothing else of the tenant can be reached by it.</summary>
internal sealed class SharedEndpoints(SharedLinks links, ShareRedaction redaction, RecordingEndpoint recordings, LiveEndpoint live)
{
    /// <summary>What recordings of links call the session: who has one needs no name of it.</summary>
    private const string Session = "shared";

    public async Task GetAsync(HttpContext context, string token)
    {
        if (await FindAsync(context, token) is not { } shared) return;
        await HttpJson.WriteAsync(context, json =>
        {
            json.WriteNumber("head", HeadOf(shared));
            json.WriteBoolean("follows", shared.Share.To is null);
            ShareJson.WriteReach(json, shared.Share);
        });
    }

    public async Task GetRecordingAsync(HttpContext context, string token)
    {
        if (RecordingFormat.Of(context.Request) is not { } format)
        {
            await HttpErrors.WriteAsync(context, RecordingFormat.Unknown);
            return;
        }

        if (await FindAsync(context, token) is not { } shared) return;
        var subject = new RecordingSubject(Session, shared.Share.Execution, shared.Share.Epoch, HeadOf(shared));
        await recordings.SendAsync(context, shared.Key, format, subject, writer => new SharedEvents(shared.Share, redaction, writer));
    }

    public Task WatchAsync(HttpContext context, string token) => live.WatchSharedAsync(context, token);

    private static long HeadOf(SharedSession shared) => Math.Min(shared.Head, shared.Share.To ?? long.MaxValue);

    private async Task<SharedSession?> FindAsync(HttpContext context, string token)
    {
        context.Response.Headers.CacheControl = "no-store";
        var found = await links.FindAsync(token, context.RequestAborted);
        if (found.Error is { } refusal) await HttpErrors.WriteAsync(context, refusal);
        return found.Value;
    }
}
