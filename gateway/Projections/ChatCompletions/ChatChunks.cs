using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.ChatCompletions;

/// <summary>A reply as <c>chat.completion.chunk</c>s: its text as it comes, why it ended, what it cost, <c>[DONE]</c>.</summary>
internal sealed class ChatChunks(string replyId, string model, DateTimeOffset created, bool includeUsage) : IReplyProjection
{
    private static readonly OpenAIError Elsewhere = OpenAIError.Of(
        new ToolError(ToolErrorCodes.ModelFailed, "The model was asked again and writes something else than what was sent; the session has it.", Retryable: true));

    private readonly SentText text = new();

    public bool Ended { get; private set; }

    public void Begin(StockStream stream) => Chunk(stream, delta =>
    {
        delta.WriteString("role", "assistant");
        delta.WriteString("content", "");
    });

    public void Write(StockStream stream, SessionEvent happened)
    {
        if (Ended) return;
        switch (happened)
        {
            case MessageStarted started:
                text.Begin(started);
                break;
            case MessageDelta delta when text.Take(delta) is { Length: > 0 } more && !text.Diverged:
                Chunk(stream, writer => writer.WriteString("content", more));
                break;
            case MessageDelta when text.Diverged:
                Fail(stream, Elsewhere);
                break;
            case MessageCompleted completed:
                Complete(stream, completed);
                break;
            case MessageFailed failed:
                Fail(stream, OpenAIError.Of(failed.Error));
                break;
            case ConversationStateChanged { To: MessageStatus.Cancelled } cancelled:
                Fail(stream, ChatAnswer.Cancelled(cancelled));
                break;
        }
    }

    public void Fail(StockStream stream, OpenAIError error)
    {
        Ended = true;
        stream.Write(error.Write);
    }

    private void Complete(StockStream stream, MessageCompleted completed)
    {
        Ended = true;
        Chunk(stream, _ => { }, ChatJson.FinishReason(completed));
        if (includeUsage && completed.Usage is { } usage)
        {
            stream.Write(writer =>
            {
                ChatJson.Head(writer, replyId, "chat.completion.chunk", created, model);
                writer.WriteStartArray("choices");
                writer.WriteEndArray();
                ChatJson.Usage(writer, usage);
            });
        }

        stream.Write("data: [DONE]\n\n");
    }

    private void Chunk(StockStream stream, Action<Utf8JsonWriter> delta, string? finish = null) => stream.Write(writer =>
    {
        ChatJson.Head(writer, replyId, "chat.completion.chunk", created, model);
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("delta");
        delta(writer);
        writer.WriteEndObject();
        writer.WriteString("finish_reason", finish);
        writer.WriteEndObject();
        writer.WriteEndArray();
    });
}
