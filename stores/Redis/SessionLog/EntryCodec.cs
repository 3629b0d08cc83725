using System.Buffers.Binary;
using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// An entry as one value: the lengths of type, check, target and private part, then these, then the event. <c>session.lua</c> reads it
/// too.
/// </summary>
internal static class EntryCodec
{
    private const int Head = 8;
    private const ushort NoTarget = ushort.MaxValue;

    /// <exception cref="ArgumentException">Type, check or target is too long.</exception>
    public static byte[] Encode(LogEntry entry)
    {
        var (type, check, target) = (entry.Event.Type, entry.Event.Check ?? "", entry.Event.Target);
        var (types, checks) = (Encoding.UTF8.GetByteCount(type), Encoding.UTF8.GetByteCount(check));
        var targets = Encoding.UTF8.GetByteCount(target ?? "");
        if (types > byte.MaxValue || checks > byte.MaxValue || targets >= NoTarget)
        {
            throw new ArgumentException("An entry's type, check or target is too long.", nameof(entry));
        }

        var bytes = new byte[Head + types + checks + targets + entry.Private.Length + entry.Event.Json.Length];
        (bytes[0], bytes[1]) = ((byte)types, (byte)checks);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), target is null ? NoTarget : (ushort)targets);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)entry.Private.Length);
        var rest = bytes.AsSpan(Head);
        rest = rest[Encoding.UTF8.GetBytes(type, rest)..];
        rest = rest[Encoding.UTF8.GetBytes(check, rest)..];
        rest = rest[Encoding.UTF8.GetBytes(target ?? "", rest)..];
        entry.Private.Span.CopyTo(rest);
        entry.Event.Json.Span.CopyTo(rest[entry.Private.Length..]);
        return bytes;
    }

    /// <summary>Event and private part are slices of the value.</summary>
    public static LogEntry Decode(long seq, ReadOnlyMemory<byte> bytes)
    {
        var (types, checks) = (bytes.Span[0], bytes.Span[1]);
        var targets = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[2..]);
        var privates = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[4..]);
        var rest = bytes[Head..];
        var type = Take(ref rest, types);
        var check = Take(ref rest, checks);
        var target = targets == NoTarget ? null : Take(ref rest, targets);
        return new(new(seq, type, target, rest[privates..], check.Length == 0 ? null : check), rest[..privates]);
    }

    /// <summary>What an entry is to the index of messages, as <c>append.lua</c> names it.</summary>
    public static char Hint(LogEntry entry)
    {
        var (type, target) = (entry.Event.Type, entry.Event.Target);
        if (type == MessageEntryTypes.Reset) return 'R';
        if (target is null || !MessageEntryTypes.IsAbout(type)) return '.';
        if (type == MessageEntryTypes.Delta) return 'D';
        if (MessageEntryTypes.HasWholeText(type)) return 'W';
        return MessageEntryTypes.Creates(type, entry.Event.Json.Span) ? 'C' : 'N';
    }

    private static string Take(ref ReadOnlyMemory<byte> rest, int length)
    {
        var text = Encoding.UTF8.GetString(rest.Span[..length]);
        rest = rest[length..];
        return text;
    }
}
