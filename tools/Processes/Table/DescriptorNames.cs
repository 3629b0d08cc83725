using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>The numbers of what a process has open.</summary>
internal sealed class DescriptorNames
{
    private const int NameAt = 19; // of a dirent, after inode, offset, length and type
    private const int Most = 65_536;

    [ThreadStatic]
    private static DescriptorNames? shared;

    private readonly List<int> all = [];

    /// <summary>How many there are.</summary>
    public int Count => all.Count;

    /// <summary>Each of them.</summary>
    public IReadOnlyList<int> All => all;

    /// <summary>Looks; null where that is not permitted. Good until the next call on this thread.</summary>
    public static DescriptorNames? Of(ProcFile files, int pid)
    {
        var folder = Libc.OpenFolder(files.PathOf(pid, "fd"u8));
        if (folder == 0) return null;
        var names = shared ??= new();
        names.all.Clear();
        while (names.all.Count < Most && Libc.ReadFolder(folder) is not 0 and var entry)
        {
            var (number, digits) = (0, 0);
            for (; Marshal.ReadByte(entry, NameAt + digits) is >= (byte)'0' and <= (byte)'9' and var digit; digits++) number = (number * 10) + digit - '0';
            if (digits > 0) names.all.Add(number);
        }

        _ = Libc.CloseFolder(folder);
        return names;
    }
}
