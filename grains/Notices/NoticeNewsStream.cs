using Orleans.Streams;
using ToolRuntime.Sessions;

namespace ToolRuntime.Notices;

/// <summary>Tells gateways what has become of notices.</summary>
internal static class NoticeNewsStream
{
    /// <summary>Publishes. What is lost is found again: gateways ask their boards after every gap and now and then.</summary>
    public static async Task TellAsync(Grain grain, string board, NoticeNews news)
    {
        try
        {
            await grain.GetStreamProvider(SessionStreams.Provider).GetStream<NoticeNews>(StreamId.Create(NoticeStreams.Namespace, board)).OnNextAsync(news);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It is kept, which is what was promised; live delivery is at most once.
        }
    }
}
