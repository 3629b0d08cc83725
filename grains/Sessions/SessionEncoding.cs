using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>Events to bytes, once, and back.</summary>
internal static class SessionEncoding
{
    /// <param name="entries">What was decided together.</param>
    /// <param name="check">What the entries carry for cursors to prove themselves by.</param>
    public static ImmutableArray<LogEntry> Encode(IReadOnlyList<(SessionEvent Event, EntryNote? Note)> entries, string? check = null)
    {
        var encoded = ImmutableArray.CreateBuilder<LogEntry>(entries.Count);
        foreach (var (happened, note) in entries)
        {
            var json = Bytes(happened);
            var type = EventTypes.NameOf(happened);
            var target = happened.ExecutionId ?? happened.BatchId ?? happened.MessageId;
            var secret = note is null ? [] : JsonSerializer.SerializeToUtf8Bytes(note, StateJsonContext.Default.EntryNote);
            encoded.Add(new(new(happened.Seq, type, target, json, check), secret));
        }

        return encoded.MoveToImmutable();
    }

    public static (SessionEvent Event, EntryNote? Note) Decode(LogEntry entry) => (
        JsonSerializer.Deserialize(entry.Event.Json.Span, WireJsonContext.Default.SessionEvent) ?? throw new JsonException($"Entry {entry.Event.Seq} is null."),
        entry.Private.IsEmpty ? null : JsonSerializer.Deserialize(entry.Private.Span, StateJsonContext.Default.EntryNote));

    /// <summary>What tells a repeated command from another one under the same id.</summary>
    public static string Hash(SessionCommand command) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(command, WireJsonContext.Default.SessionCommand)).AsSpan(0, 16));

    private static ReadOnlyMemory<byte> Bytes(SessionEvent happened)
    {
        using var scratch = JsonScratch.Take();
        JsonSerializer.Serialize(scratch.Writer, happened, WireJsonContext.Default.SessionEvent);
        return scratch.Written.ToArray();
    }
}
