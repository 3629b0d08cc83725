using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>A response's events, with their numbers.</summary>
internal sealed class ResponseStream(ResponseFold fold) : IReplyProjection
{
    private bool failed;

    public bool Ended => failed || fold.Ended;

    public void Begin(StockStream stream)
    {
        // the log says when it begins
    }

    public void Write(StockStream stream, SessionEvent happened)
    {
        fold.Take(happened);
        foreach (var (type, json) in fold.Events) stream.Write(json, type);
    }

    /// <summary>No event of the response: what comes after the last one that was sent is to be had by <c>starting_after</c>.</summary>
    public void Fail(StockStream stream, OpenAIError error)
    {
        failed = true;
        stream.Write(
            JsonText.Object(writer =>
            {
                writer.WriteString("type", "error");
                writer.WriteNumber("sequence_number", fold.Count);
                writer.WriteString("code", error.Code);
                writer.WriteString("message", error.Message);
                writer.WriteString("param", error.Param);
            }),
            "error");
    }
}
