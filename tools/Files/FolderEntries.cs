using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace ToolRuntime.Tools.Files;

/// <summary>Something in a folder, by its name's bytes: a name may be anything but NUL and a slash.</summary>
/// <param name="Name">The name; bytes that are no UTF-8 are shown as <c>\xNN</c>.</param>
/// <param name="IsEscaped">Whether there are such bytes, so that no path leads to it.</param>
/// <param name="Bytes">The name as it is.</param>
internal sealed record FolderEntry(string Name, bool IsEscaped, byte[] Bytes);

/// <summary>Reads folders. .NET's own reader turns names that are not UTF-8 into others, which do not exist.</summary>
internal static class FolderEntries
{
    // Where the name begins in what readdir returns, on 64-bit Linux.
    private const int NameAt = 19;

    /// <summary>What is in an open folder, in no order.</summary>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<FolderEntry> Of(WorkspaceFolder folder)
    {
        var stream = Libc.OpenFolder(folder.PathOf("."));
        if (stream == 0) throw new UnauthorizedAccessException(Marshal.GetLastPInvokeErrorMessage());
        try
        {
            while (Libc.ReadFolder(stream) is not 0 and var entry)
            {
                var name = NameOf(entry);
                if (name is not ([(byte)'.'] or [(byte)'.', (byte)'.'])) yield return Create(name);
            }
        }
        finally
        {
            _ = Libc.CloseFolder(stream);
        }
    }

    private static unsafe byte[] NameOf(nint entry) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameAt).ToArray();

    private static FolderEntry Create(byte[] name) =>
        Utf8.IsValid(name) ? new(Encoding.UTF8.GetString(name), false, name) : new(Escape(name), true, name);

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        while (!name.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(name, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid) text.Append(rune.ToString());
            else foreach (var part in name[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{part:X2}");
            name = name[length..];
        }

        return text.ToString();
    }
}
