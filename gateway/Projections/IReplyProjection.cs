using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections;

/// <summary>What a protocol's stream says of a reply.</summary>
internal interface IReplyProjection
{
    /// <summary>Whether the reply's end has been told.</summary>
    bool Ended { get; }

    /// <summary>Before any event.</summary>
    void Begin(StockStream stream);

    /// <summary>One of the reply's events, in order.</summary>
    void Write(StockStream stream, SessionEvent happened);

    /// <summary>The stream ends before the reply.</summary>
    void Fail(StockStream stream, OpenAIError error);
}
