using System.Text.Json;

namespace ToolRuntime.Load.Client;

/// <summary>Reads frames with as little work as possible: the client shares the machine with what it measures.</summary>
internal static class FrameParser
{
    /// <summary>The members of a frame before its events.</summary>
    public ref struct Head
    {
        public ReadOnlySpan<byte> Type, Session, Epoch, Id, Result, Error;
        public long After, Seq;
        public int EventsAt;
    }

    public static Head ReadHead(ReadOnlySpan<byte> frame)
    {
        var head = new Head { EventsAt = -1 };
        var json = new Utf8JsonReader(frame);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("events"u8))
            {
                json.Read();
                head.EventsAt = (int)json.TokenStartIndex;
                return head;
            }

            if (json.ValueTextEquals("type"u8)) head.Type = Text(ref json);
            else if (json.ValueTextEquals("session"u8)) head.Session = Text(ref json);
            else if (json.ValueTextEquals("epoch"u8)) head.Epoch = Text(ref json);
            else if (json.ValueTextEquals("id"u8)) head.Id = Text(ref json);
            else if (json.ValueTextEquals("after"u8)) head.After = Number(ref json);
            else if (json.ValueTextEquals("seq"u8)) head.Seq = Number(ref json);
            else if (json.ValueTextEquals("result"u8)) head.Result = Raw(frame, ref json);
            else if (json.ValueTextEquals("error"u8)) head.Error = Raw(frame, ref json);
            else Skip(ref json);
        }

        return head;
    }

    public static void ReadEvents(ReadOnlySpan<byte> events, long receivedAt, EventHandler handler)
    {
        var json = new Utf8JsonReader(events);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            var happened = new EventView { ReceivedAt = receivedAt };
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("type"u8)) happened.Type = Text(ref json);
                else if (json.ValueTextEquals("text"u8)) happened.Text = Text(ref json);
                else if (json.ValueTextEquals("to"u8)) happened.To = Text(ref json);
                else if (json.ValueTextEquals("error"u8)) happened.Error = Raw(events, ref json);
                else if (json.ValueTextEquals("offset"u8)) happened.Offset = Number(ref json);
                else Skip(ref json);
            }

            handler(in happened);
        }
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader json)
    {
        json.Read();
        return json.ValueSpan;
    }

    private static long Number(scoped ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number) return json.GetInt64();
        json.Skip();
        return 0;
    }

    private static ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> frame, scoped ref Utf8JsonReader json)
    {
        json.Read();
        var from = (int)json.TokenStartIndex;
        json.Skip();
        return frame[from..(int)json.BytesConsumed];
    }

    private static void Skip(scoped ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}
