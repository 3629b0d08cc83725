using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ToolRuntime.Tools.Files;

/// <summary>What something in the file system is.</summary>
internal enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>A named pipe, a socket or a device: opening or reading it may do anything, or never return.</summary>
    Other,
}

/// <summary>Asks the kernel what something is without opening it, which .NET can't say.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Changed">When it, or what is known of it, was last changed: nanoseconds since 1970.</param>
/// <param name="OnDisk">The bytes that it takes there.</param>
/// <param name="Modified">When its content was last changed.</param>
internal readonly record struct FileStatus(FileKind Kind, long Size, long Changed, long OnDisk, DateTimeOffset Modified)
{
    private const int SizeOfAnswer = 256;
    private const int TypeBits = 0xF000;
    private const int ModeAt = 28;
    private const int SizeAt = 40;
    private const int BlocksAt = 48;
    private const int BytesOfBlock = 512;
    private const int ChangedAt = 96;
    private const int NanosecondsAt = 104;
    private const int ModifiedAt = 112;
    private const int ModifiedNanosecondsAt = 120;

    /// <summary>Of what is open, be it as a path only.</summary>
    public static FileStatus Of(SafeFileHandle handle) =>
        Ask((int)handle.DangerousGetHandle(), [0], Libc.EmptyPath) ?? throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    /// <summary>Of a path, links not followed; null where there is nothing, or nobody may look.</summary>
    /// <param name="path">Its bytes, with a NUL at the end.</param>
    public static FileStatus? At(ReadOnlySpan<byte> path) => Ask(Libc.CurrentFolder, path, Libc.DoNotFollow);

    private static FileStatus? Ask(int folder, ReadOnlySpan<byte> path, int flags)
    {
        Span<byte> answer = stackalloc byte[SizeOfAnswer];
        if (Libc.Status(folder, path, flags, Libc.BasicStatus, answer) != 0) return null;
        var kind = (BitConverter.ToUInt16(answer[ModeAt..]) & TypeBits) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
        var changed = (BitConverter.ToInt64(answer[ChangedAt..]) * 1_000_000_000) + BitConverter.ToUInt32(answer[NanosecondsAt..]);
        return new(kind, BitConverter.ToInt64(answer[SizeAt..]), changed, BitConverter.ToInt64(answer[BlocksAt..]) * BytesOfBlock, TimeAt(answer));
    }

    /// <summary>A program may give its files any time.</summary>
    private static DateTimeOffset TimeAt(ReadOnlySpan<byte> answer)
    {
        var seconds = Math.Clamp(BitConverter.ToInt64(answer[ModifiedAt..]), DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Math.Min(BitConverter.ToUInt32(answer[ModifiedNanosecondsAt..]), 999_999_999) / TimeSpan.NanosecondsPerTick);
    }
}
