using System.Buffers;
using System.Text.Json;
using ToolRuntime.Gateway.Recordings;
using ToolRuntime.SessionLog;
using ToolRuntime.Shares;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>Lets through what a link shares of a recording, without secrets, and without who did what.</summary>
internal sealed class SharedEvents(Share share, ShareRedaction redaction, IRecordingWriter inner) : IRecordingWriter
{
    private const string Somebody = "somebody";

    private readonly Dictionary<string, Dictionary<string, SharedStream>> streams = [];
    private readonly ArrayBufferWriter<byte> buffer = new();
    private bool begun;

    public void Missing(long from, long to)
    {
        if (to >= (share.From ?? 0)) inner.Missing(Math.Max(from, share.From ?? 0), to);
    }

    public void Take(EncodedEvent happened)
    {
        if (!IsShared(happened.Type)) return;
        var outside = happened.Seq < share.From && !(share.Execution is not null && happened.Type == "batch.started");
        if (!outside && !begun && happened.Seq >= share.From) Begin();
        using var document = JsonDocument.Parse(happened.Json, WireJson.Deep);
        var json = document.RootElement;
        if (StreamOf(happened.Type, json) is var (owner, stream))
        {
            // What is before the range still decides where a secret begins.
            var (before, piece) = StreamAt(owner, stream).Take(json);
            if (outside) return;
            if (before is { } held) Tell(happened, json, held, whole: false);
            Tell(happened, json, piece, whole: true);
            return;
        }

        if (outside) return;
        if (happened.Type is "tool.started" or "tool.retry" or "tool.completed" or "tool.failed" or "tool.timeout" or "tool.cancelled") Flush(happened, json);
        inner.Take(Rewrite(happened, json));
    }

    public void End() => inner.End();

    /// <summary>What people and tools did; not how a session is set up, whom it belongs to, nor what else may come.</summary>
    private static bool IsShared(string type) =>
        type.StartsWith("message.", StringComparison.Ordinal) || type.StartsWith("tool.", StringComparison.Ordinal) || type.StartsWith("batch.", StringComparison.Ordinal)
            || type is "conversation.state" or "session.reset" or "session.renamed";

    private void Begin()
    {
        begun = true;
        if (share.From is > 1 and var from) inner.Missing(1, from - 1);
    }

    private static (string Owner, string Stream)? StreamOf(string type, JsonElement json) => type switch
    {
        "tool.output" when json.TextOf("executionId") is { } execution => (execution, $"{json.TextOf("stream")}/{json.NumberOf("attempt")}"),
        "message.delta" or "message.reasoning" when json.TextOf("messageId") is { } message => (message, $"{type}/{json.NumberOf("round")}/{json.NumberOf("attempt")}"),
        _ => null,
    };

    private SharedStream StreamAt(string owner, string stream)
    {
        if (!streams.TryGetValue(owner, out var all)) streams[owner] = all = [];
        if (!all.TryGetValue(stream, out var found)) all[stream] = found = new(redaction);
        return found;
    }

    /// <summary>Nothing more comes of an attempt: what its streams held back comes as output under the seq of what ends it.</summary>
    private void Flush(EncodedEvent happened, JsonElement json)
    {
        if (json.TextOf("executionId") is not { } execution || !streams.Remove(execution, out var all)) return;
        foreach (var (name, stream) in all)
        {
            if (stream.Flush() is not { } held) continue;
            var of = name.Split('/');
            inner.Take(Write(happened with { Type = "tool.output" }, writer =>
            {
                WriteHead(writer, json, "tool.output");
                if (long.TryParse(of[1], out var attempt)) writer.WriteNumber("attempt", attempt);
                writer.WriteString("stream", of[0]);
                held.Write(writer);
            }));
        }
    }

    private static void WriteHead(Utf8JsonWriter writer, JsonElement json, string type)
    {
        writer.WriteString("type", type);
        foreach (var name in (string[])["seq", "at", "batchId", "executionId"])
        {
            if (!json.TryGetProperty(name, out var value)) continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private void Tell(EncodedEvent happened, JsonElement json, SharedPiece piece, bool whole) => inner.Take(Write(happened, writer =>
    {
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name is "offset" or "text" or "base64" || (member.Name == "dropped" && !whole)) continue;
            member.WriteTo(writer);
        }

        piece.Write(writer);
    }));

    private EncodedEvent Rewrite(EncodedEvent happened, JsonElement json) => Write(happened, writer =>
    {
        foreach (var member in json.EnumerateObject())
        {
            // A session's title comes from its first message, and is none of its tools'.
            if (member.Name == "job" || (member.Name == "title" && share.Execution is not null)) continue;
            if (member.Name == "by") writer.WriteString("by", Somebody);
            else if (member.Name == "tools" && happened.Type == "batch.started") WritePlan(writer, member.Value);
            else
            {
                writer.WritePropertyName(member.Name);
                redaction.Write(writer, member.Value);
            }
        }
    });

    /// <summary>Calls beside the one that is shared are not.</summary>
    private void WritePlan(Utf8JsonWriter writer, JsonElement tools)
    {
        writer.WriteStartArray("tools");
        foreach (var tool in tools.EnumerateArray())
        {
            if (share.Execution is null || tool.TextOf("executionId") == share.Execution) redaction.Write(writer, tool);
        }

        writer.WriteEndArray();
    }

    private EncodedEvent Write(EncodedEvent happened, Action<Utf8JsonWriter> members)
    {
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return happened with { Json = buffer.WrittenSpan.ToArray(), Check = null };
    }
}
