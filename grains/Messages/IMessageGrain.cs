using Orleans.Concurrency;

namespace ToolRuntime.Messages;

/// <summary>Drives a reply: asks its model and tells the session what comes. Key <c>tenant/session/message</c>.</summary>
[Alias("toolruntime.IMessageGrain")]
internal interface IMessageGrain : IGrainWithStringKey
{
    /// <summary>
    /// Look at the state and do what is due. Doing it twice does no harm. <paramref name="recovered"/>: not the direct consequence of a
    /// commit.
    /// </summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync(MessageState state, bool recovered);
}
