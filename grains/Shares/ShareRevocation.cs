namespace ToolRuntime.Shares;

/// <summary>Ends links to what is not there any more.</summary>
internal sealed class ShareRevocation(IGrainFactory grains)
{
    /// <summary>Ends the session's links that were made before an event came.</summary>
    public Task RevokeAsync(SessionKey session, long before) => grains.GetGrain<ISharesGrain>(session.ToString()).RevokeAllAsync(before);
}
