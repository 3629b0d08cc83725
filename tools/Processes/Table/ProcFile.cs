using System.Buffers.Text;
using System.Text;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>Reads files below <c>/proc</c> into one buffer, without strings. Not for several threads.</summary>
internal sealed class ProcFile
{
    private const int MostBytes = 1 << 20;

    private readonly byte[] path = new byte[64];
    private byte[] buffer = new byte[8 * 1024];

    /// <summary>A file of a process; empty if it can't be read. Good until the next call.</summary>
    public ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> name) => Read(PathOf(pid, name));

    /// <summary>A file by its whole path, which ends in a NUL.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> file)
    {
        var descriptor = Libc.Open(file, Libc.OpenForReading | Libc.OpenCloseOnExec);
        if (descriptor < 0) return default;
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length >= MostBytes) break;
                Array.Resize(ref buffer, length * 2);
            }

            var read = (int)Libc.Read(descriptor, buffer.AsSpan(length), buffer.Length - length);
            if (read <= 0) break;
            length += read;
        }

        _ = Libc.Close(descriptor);
        return buffer.AsSpan(0, length);
    }

    /// <summary>Where a link of a process leads; empty if that can't be known.</summary>
    public ReadOnlySpan<byte> Link(int pid, ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name)
    {
        Span<byte> joined = stackalloc byte[folder.Length + name.Length];
        folder.CopyTo(joined);
        name.CopyTo(joined[folder.Length..]);
        var length = (int)Libc.ReadLink(PathOf(pid, joined), buffer, buffer.Length);
        return length <= 0 ? default : buffer.AsSpan(0, length);
    }

    /// <summary>A process's path of a name, with a NUL. Good until the next call.</summary>
    public ReadOnlySpan<byte> PathOf(int pid, ReadOnlySpan<byte> name)
    {
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path.AsSpan(6), out var digits);
        var at = 6 + digits;
        path[at++] = (byte)'/';
        name.CopyTo(path.AsSpan(at));
        at += name.Length;
        path[at++] = 0;
        return path.AsSpan(0, at);
    }

    /// <summary>The number after a word at the beginning of a line; null where there is none.</summary>
    public static long? Figure(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(word) && Utf8Parser.TryParse(line[word.Length..].TrimStart(" \t"u8), out long value, out _)) return value;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return null;
    }

    /// <summary>Bytes as text.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
