using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ToolRuntime.Tools.Files;

/// <summary>
/// Reads a file once: counts all its lines and keeps those asked for, up to a number of bytes. Memory does not grow with the file.
/// </summary>
internal sealed class LineReader(int offset, int limit, int maxBytes)
{
    private const int Piece = 64 * 1024;
    private const int ProbedBytes = 8 * 1024;

    private readonly ArrayBufferWriter<byte> kept = new();
    private readonly ArrayBufferWriter<byte> head = new();
    private bool endsWithLineEnd = true;
    private bool isCut;
    private long lineEnds;

    public int Offset => offset;

    /// <summary>Whether the file's beginning and what is kept is UTF-8 without NUL. Else <see cref="Head"/> has its first bytes.</summary>
    public bool IsText { get; private set; }

    /// <summary>The lines asked for, with their line ends; a byte order mark is no part of the first.</summary>
    public string Kept =>
        Encoding.UTF8.GetString(
            kept.WrittenSpan[(offset == 0 && kept.WrittenSpan.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0)..]);

    /// <summary>Whether the last of them is not whole.</summary>
    public bool IsCut => isCut;

    /// <summary>The first bytes of the file.</summary>
    public ReadOnlySpan<byte> Head => head.WrittenSpan;

    public long TotalBytes { get; private set; }

    /// <summary>All lines; a last one without a line end counts.</summary>
    public long TotalLines => lineEnds + (endsWithLineEnd ? 0 : 1);

    public int KeptLines => kept.WrittenSpan.Count((byte)'\n') + (kept.WrittenCount > 0 && kept.WrittenSpan[^1] != '\n' ? 1 : 0);

    /// <summary>Whether there is more after what is kept, or its last line is cut.</summary>
    public bool IsTruncated => isCut || offset + KeptLines < TotalLines;

    public async Task ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            while (await file.ReadAsync(buffer.AsMemory(0, Piece), cancellationToken) is var read and > 0) Take(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (isCut) DropHalfCharacter();
        var probed = head.WrittenSpan[..Math.Min(head.WrittenCount, ProbedBytes)];
        IsText = !probed.Contains((byte)0) && Utf8.IsValid(kept.WrittenSpan) && !kept.WrittenSpan.Contains((byte)0);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        TotalBytes += bytes.Length;
        head.Write(bytes[..Math.Min(bytes.Length, maxBytes - head.WrittenCount)]);
        endsWithLineEnd = bytes[^1] == '\n';
        while (!bytes.IsEmpty && lineEnds < (long)offset + limit)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..(end + 1)];
            if (lineEnds >= offset) Keep(line);
            if (end >= 0) lineEnds++;
            bytes = bytes[line.Length..];
        }

        lineEnds += bytes.Count((byte)'\n');
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        var room = maxBytes - kept.WrittenCount;
        isCut |= line.Length > room;
        kept.Write(line[..Math.Min(line.Length, room)]);
    }

    // The limit may fall into the middle of a character.
    private void DropHalfCharacter()
    {
        var bytes = kept.WrittenSpan;
        var start = bytes.Length - 1;
        while (start > bytes.Length - 4 && start > 0 && (bytes[start] & 0xC0) == 0x80) start--;
        if (start < 0 || Utf8.IsValid(bytes[start..])) return;
        var whole = bytes[..start].ToArray();
        kept.ResetWrittenCount();
        kept.Write(whole);
    }
}
